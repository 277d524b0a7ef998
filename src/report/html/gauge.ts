import type { SandboxReport } from "../../model/report.ts";
import { formatLimit, isLooser, LIMIT_LABELS } from "../../model/units.ts";
import { type Html, html } from "./html.ts";

type Limit = SandboxReport["limits"][number];

/** What is in use of what the kernel allows; the same is said in words. */
export function gauge({ name, wanted, actual, used }: Limit): Html {
  const label = LIMIT_LABELS[name];
  const says = [...(used === undefined ? [] : [`${formatLimit(name, used)} of`]), ...(used === undefined && actual !== undefined ? ["up to"] : []), formatLimit(name, actual)].join(" ");
  const bounded = actual !== undefined && actual !== Infinity && used !== undefined;
  return html`<div class="gauge${isLooser(wanted, actual) ? " short" : ""}">
<dt>${label}</dt>
<dd>${bounded ? html`<meter min="0" max="${actual}" high="${actual * 0.8}" value="${Math.min(used, actual)}" aria-label="${label}">${says}</meter>` : undefined}<span>${says}</span>${isLooser(wanted, actual) ? html` <strong class="alert">✗ wanted ${formatLimit(name, wanted)}</strong>` : undefined}</dd>
</div>`;
}
