import type { CheckState, Outcome } from "../model/check.ts";
import { unknown } from "./check.ts";
import { EVIDENCE_LENGTH } from "./script.ts";

const STATES = new Map<string, CheckState>([["pass", "pass"], ["fail", "fail"], ["note", "fail"], ["na", "not-applicable"], ["unknown", "unknown"]]);

/** Characters; a hundred answers have a tenth of it. */
const MOST = 256 * 1024;

/**
 * Reads what a sandbox answered. Everything in it is hostile: only lines with the nonce and an id that
 * was asked for count, and an answer that came twice, with another word, is none.
 *
 * @returns one outcome for each id
 */
export function readAnswers(output: string, ids: readonly string[], nonce: string): Map<string, Outcome> {
  const answers = new Map<string, Outcome>(ids.map((id) => [id, unknown("no answer came from the sandbox")]));
  const seen = new Set<string>();
  for (const line of output.slice(0, MOST).split("\n")) {
    const [mark, id = "", word = "", ...rest] = line.split(" ");
    if (mark !== nonce || !answers.has(id)) continue;
    const state = STATES.get(word);
    if (seen.has(id)) answers.set(id, unknown("it answered twice"));
    else if (state) answers.set(id, { state, evidence: clean(rest.join(" ")), ...(word === "note" ? { severity: "info" } : {}) });
    seen.add(id);
  }
  return answers;
}

/** One line without control characters: evidence ends in terminals, chats and logs. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "?").slice(0, EVIDENCE_LENGTH);
}
