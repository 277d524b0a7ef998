import type { Severity } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import { type Html, html } from "./html.ts";

export const SEVERITIES: Readonly<Record<Severity, string>> = { critical: "Critical", warn: "Warning", info: "Note" };

/** What needs attention, the worst first, with its remedy. */
export function findings({ findings: all }: Report): Html {
  const items = all.map(
    ({ id, severity, detail, remedy }) => html`<li class="finding ${severity}">
<p><strong class="badge">${SEVERITIES[severity]}</strong> <code class="id">${id}</code></p>
<p><bdi>${detail}</bdi></p>
<p class="remedy"><span aria-hidden="true">→</span> <span class="visually-hidden">Remedy:</span> <bdi>${remedy}</bdi></p>
</li>`,
  );
  return html`<section aria-labelledby="findings">
<h2 id="findings">Findings</h2>
${all.length === 0 ? html`<p class="quiet">Nothing needs attention.</p>` : html`<ul class="plain">${items}</ul>`}
</section>`;
}
