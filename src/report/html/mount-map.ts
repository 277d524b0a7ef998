import type { SandboxReport } from "../../model/report.ts";
import { type Html, html } from "./html.ts";

/** What a sandbox can write, what it can only read, and what of the state directory it does not see. */
export function mountMap({ mounts, hidden }: SandboxReport): Html {
  const targets = (mode: "rw" | "ro"): Html | undefined => mounts && list(mounts.filter((mount) => mount.mode === mode).map(({ target }) => html`<li><code><bdi>${target}</bdi></code></li>`), "nothing");
  const covered = hidden && list(hidden.map(({ entry, holds }) => html`<li><code><bdi>${entry}</bdi></code> <span class="quiet">${holds}</span></li>`), "nothing is there to hide");
  return html`<div class="map">
${column("rw", "Can write", mounts?.filter(({ mode }) => mode === "rw").length, targets("rw"))}
${column("ro", "Can only read", mounts?.filter(({ mode }) => mode === "ro").length, targets("ro"))}
${column("hidden", "Hidden from it", hidden?.length, covered)}
</div>`;
}

function column(kind: string, title: string, count: number | undefined, body: Html | undefined): Html {
  return html`<div class="column ${kind}">
<h4>${title} <span class="count">${count ?? "?"}</span></h4>
${body ?? html`<p class="alert">The kernel could not be asked.</p>`}
</div>`;
}

/** Long lists stay short until they are asked for. */
const SHOWN = 8;

function list(items: readonly Html[], nothing: string): Html {
  if (items.length === 0) return html`<p class="quiet">${nothing}</p>`;
  if (items.length <= SHOWN + 1) return html`<ul class="plain">${items}</ul>`;
  return html`<ul class="plain">${items.slice(0, SHOWN)}</ul>
<details><summary>${items.length - SHOWN} more</summary><ul class="plain">${items.slice(SHOWN)}</ul></details>`;
}
