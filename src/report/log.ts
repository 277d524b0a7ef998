import type { LedgerRecord, LedgerView } from "../model/ledger.ts";

const MARKS = { done: "·", failed: "✗", refused: "!" } as const;

/** The last records as lines, the newest last, with a word on what is wrong with the ledger. */
export function renderLog({ records, damage }: LedgerView, last: number): string {
  const shown = last > 0 ? records.slice(-last) : [];
  const lines = shown.map(renderRecord);
  if (records.length === 0) lines.push("Nothing was done yet.");
  if (records.length > shown.length) lines.unshift(`(${records.length - shown.length} older records)`);
  if (damage !== undefined) lines.push(`✗ The ledger does not hold as a whole: ${damage}.`);
  return lines.join("\n");
}

function renderRecord({ at, action, target, because, outcome, detail }: LedgerRecord): string {
  return `${at.slice(0, 19)}Z ${MARKS[outcome]} ${action}${target === undefined ? "" : ` ${target}`}${outcome === "done" ? "" : ` (${outcome})`}: ${because}${detail === undefined ? "" : ` (${detail})`}`;
}
