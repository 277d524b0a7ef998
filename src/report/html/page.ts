import { createHash } from "node:crypto";
import type { Report } from "../../model/report.ts";
import { counted } from "../../model/units.ts";
import { VERDICTS } from "../words.ts";
import { backups } from "./backups.ts";
import { findings } from "./findings.ts";
import { grants } from "./grants.ts";
import { Html, html } from "./html.ts";
import { maintenance } from "./maintenance.ts";
import { sandboxes } from "./sandboxes.ts";
import { STYLE } from "./style.ts";
import { timeline } from "./timeline.ts";

/** The page's parts below its verdict, in their order; one that has nothing to show is left out. */
const SECTIONS: readonly ((report: Report) => Html | undefined)[] = [findings, sandboxes, grants, backups, maintenance, timeline];

export interface PageOptions {
  /** When the report was made. */
  readonly at: Date;
  /** Seconds to the next load; undefined when the reader paused it. */
  readonly refresh: number | undefined;
}

/**
 * What the page may do: show its own style, and nothing else. It has no script, loads nothing, sends
 * nothing, and only the gateway's own pages may frame it.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** The report as one HTML document without scripts or anything external. */
export function renderPage(report: Report, { at, refresh }: PageOptions): string {
  const { text } = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refresh === undefined ? undefined : html`<meta http-equiv="refresh" content="${refresh}">`}
<title>${report.verdict.toUpperCase()} · fortress</title>
<style>${new Html(STYLE)}</style>
</head>
<body class="${report.verdict}">
<a class="skip" href="#content">Skip to the findings</a>
${banner(report, { at, refresh })}
<main id="content">
${SECTIONS.map((section) => section(report))}
</main>
</body>
</html>`;
  return `<!doctype html>\n${text}\n`;
}

function banner(report: Report, { at, refresh }: PageOptions): Html {
  const time = at.toISOString();
  return html`<header class="banner">
<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 2 4 5v6c0 5 3.4 9.4 8 11 4.6-1.6 8-6 8-11V5z"/>${GLYPHS[report.verdict]}</svg>
<div>
<h1><span class="visually-hidden">fortress: </span>${report.verdict.toUpperCase()}</h1>
<p>${VERDICTS[report.verdict].replace(/^./, (first) => first.toUpperCase())}</p>
<p class="facts">${summary(report)}</p>
</div>
<nav aria-label="Refresh">
<p>As of <time datetime="${time}">${at.toLocaleTimeString("sv-SE", { timeZoneName: "short" })}</time></p>
<p>${refresh === undefined ? html`<a href="?">Refresh every 30 s</a>` : html`<a href="?refresh=off">Pause the refresh</a>`} <a href="${refresh === undefined ? "?refresh=off" : "?"}">Refresh now</a></p>
</nav>
</header>`;
}

const GLYPHS: Readonly<Record<Report["verdict"], Html>> = {
  hardened: html`<path class="glyph" d="m8 12 3 3 5-6"/>`,
  attention: html`<path class="glyph" d="M12 7v6m0 3v.5"/>`,
  exposed: html`<path class="glyph" d="m9 9 6 6m0-6-6 6"/>`,
  unknown: html`<path class="glyph" d="M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7m0 2.8v.4"/>`,
};

function summary({ sandboxes: all, findings: found }: Report): string {
  const of = (severity: string): number => found.filter((each) => each.severity === severity).length;
  return [`${counted(all.filter(({ running }) => running).length, "sandbox", "sandboxes")} running`, `${of("critical")} critical`, counted(of("warn"), "warning"), counted(of("info"), "note")].join(" · ");
}
