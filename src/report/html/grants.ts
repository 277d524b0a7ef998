import type { Report } from "../../model/report.ts";
import { type Html, html } from "./html.ts";

/** Which agent gets which secrets, whether it has a sandbox or not. */
export function grants({ grants: all = [] }: Report): Html | undefined {
  if (all.length === 0) return undefined;
  return html`<section aria-labelledby="grants">
<h2 id="grants">Secrets granted, by name</h2>
<div class="card">
<dl class="facts">${all.map(({ agentId, secrets }) => html`<div><dt><bdi>${agentId}</bdi></dt><dd><bdi>${secrets.join(", ") || "none"}</bdi></dd></div>`)}</dl>
</div>
</section>`;
}
