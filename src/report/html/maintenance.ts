import type { Report } from "../../model/report.ts";
import { maintenanceLine, outcomeWords } from "../maintenance.ts";
import { type Html, html } from "./html.ts";

/** What the last daily maintenance came to, step by step. */
export function maintenance({ maintenance: last }: Report): Html | undefined {
  if (!last) return undefined;
  return html`<section aria-labelledby="maintenance">
<h2 id="maintenance">Maintenance</h2>
<p>${maintenanceLine(last).replace(/^maintenance: r/, "R")}</p>
<ul class="plain">${last.steps.map(({ id, outcome, detail }) => html`<li><code class="id">${id}</code> ${outcomeWords(outcome)}: <bdi>${detail}</bdi></li>`)}</ul>
</section>`;
}
