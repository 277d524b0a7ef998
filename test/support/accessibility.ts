import axe, { type AxeResults } from "axe-core";
import type { Frame, Page } from "playwright-core";

/** What keeps somebody from reading a document: by axe's rules, contrast among them, one line for each place. */
export async function barriers(document: Frame | Page): Promise<string[]> {
  await document.evaluate(axe.source);
  const { violations } = await document.evaluate<AxeResults>("axe.run()");
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`));
}
