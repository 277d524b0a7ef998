import type { Report, SandboxReport } from "../../model/report.ts";
import { diskWords, NO_SANDBOX, postureWords, pressureWords } from "../words.ts";
import { gauge } from "./gauge.ts";
import { type Html, html } from "./html.ts";
import { mountMap } from "./mount-map.ts";

/** Every sandbox: its mount map, its limits as gauges, its posture and the names of its secrets. */
export function sandboxes({ sandboxes: all }: Report): Html {
  return html`<section aria-labelledby="sandboxes">
<h2 id="sandboxes">Sandboxes</h2>
${all.length === 0 ? html`<p class="quiet">${NO_SANDBOX}</p>` : all.map(card)}
</section>`;
}

function card(sandbox: SandboxReport, index: number): Html {
  const { name, engine, agentId, running, paused } = sandbox;
  const title = `sandbox-${index}`;
  return html`<article class="card" aria-labelledby="${title}">
<header>
<h3 id="${title}"><bdi>${name}</bdi></h3>
<p class="quiet">${agentId === undefined ? "shared by several agents" : html`agent <bdi>${agentId}</bdi>`} · ${engine} · <span class="state ${running ? "up" : "down"}">${running ? "running" : paused ? "paused" : "stopped"}</span></p>
</header>
${running ? inside(sandbox) : undefined}
</article>`;
}

function inside(sandbox: SandboxReport): Html {
  const { limits, pressure, disk, clipped, posture, secrets } = sandbox;
  return html`${mountMap(sandbox)}
<h4>Limits, as the kernel has them</h4>
<dl class="gauges">${limits.map(gauge)}</dl>
${pressure ? html`<p class="quiet">${pressureWords(pressure)}</p>` : undefined}
${disk ? html`<p class="quiet">on the disk ${diskWords(disk)}</p>` : undefined}
${clipped.map((note) => html`<p class="quiet">${note}</p>`)}
<h4>Posture</h4>
${posture ? chips(postureWords(posture)) : html`<p class="alert">The kernel could not be asked.</p>`}
<h4>Secrets that its commands get, by name</h4>
${secrets.length === 0 ? html`<p class="quiet">none</p>` : chips(secrets)}`;
}

function chips(words: readonly string[]): Html {
  return html`<ul class="chips">${words.map((word) => html`<li><bdi>${word}</bdi></li>`)}</ul>`;
}
