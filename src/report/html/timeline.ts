import type { Report, TimelineReport } from "../../model/report.ts";
import { counted } from "../../model/units.ts";
import { localTime } from "../words.ts";
import { type Html, html } from "./html.ts";

/** What fortress did last, newest first. */
export function timeline({ timeline: told }: Report): Html | undefined {
  if (!told) return undefined;
  const { deeds, older } = told;
  return html`<section aria-labelledby="timeline">
<h2 id="timeline">Timeline</h2>
<div class="card">
${deeds.length === 0 ? html`<p class="quiet">Nothing was done yet.</p>` : html`<ol class="plain timeline">${deeds.map(item)}</ol>`}
${older > 0 ? html`<p class="quiet">${counted(older, "older record")}: openclaw fortress log</p>` : undefined}
</div>
</section>`;
}

function item({ at, action, target, because, outcome, detail }: TimelineReport["deeds"][number]): Html {
  return html`<li>
<time datetime="${at}">${localTime(at)}</time>
<div>
<p><code>${action}</code>${target === undefined ? undefined : html` <bdi>${target}</bdi>`}${outcome === "done" ? undefined : html` <strong class="alert">${outcome}</strong>`}</p>
<p class="quiet"><bdi>${because}</bdi>${detail === undefined ? undefined : html`: <bdi>${detail}</bdi>`}</p>
</div>
</li>`;
}
