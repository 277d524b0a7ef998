import type { CheckInfo, Outcome } from "../model/check.ts";
import type { Outside } from "./facts.ts";

/** One attempt in the sandbox itself, by the agent's user. */
export interface InsideCheck extends CheckInfo {
  readonly where: "inside";
  /**
   * POSIX sh for busybox and Debian, in a shell of its own. It ends by calling `pass`, `fail`, `na` or
   * `unknown` with what it saw; anything else is `unknown`. It has what {@link file://./script.ts} exports.
   */
  readonly attempt: string;
}

/** One look from the host, at what the kernel says of the sandbox's first process. */
export interface OutsideCheck extends CheckInfo {
  readonly where: "outside";
  look(seen: Outside): Outcome;
}

export type Check = InsideCheck | OutsideCheck;

export function inside(check: Omit<InsideCheck, "where">): InsideCheck {
  return { ...check, where: "inside" };
}

export function outside(check: Omit<OutsideCheck, "where">): OutsideCheck {
  return { ...check, where: "outside" };
}

export const pass = (evidence: string): Outcome => ({ state: "pass", evidence });
export const fail = (evidence: string): Outcome => ({ state: "fail", evidence });
export const unknown = (evidence: string): Outcome => ({ state: "unknown", evidence });
export const notApplicable = (evidence: string): Outcome => ({ state: "not-applicable", evidence });

/** Passes when nothing was found. @param found undefined when it could not be looked at */
export function none(found: readonly string[] | undefined, what: string): Outcome {
  if (!found) return unknown(`${what} could not be read`);
  return found.length === 0 ? pass(`no ${what}`) : fail(`${what}: ${listed(found)}`);
}

const SHOWN = 5;

export function listed(names: readonly string[]): string {
  return names.length > SHOWN ? `${names.slice(0, SHOWN).join(", ")} and ${names.length - SHOWN} more` : names.join(", ");
}

/** How a sandbox that is not as it should be becomes so again. */
export const RECREATE = "Recreate the sandbox: openclaw sandbox recreate --all";
