import type { CheckResult, Outcome } from "../model/check.ts";
import { textOf } from "../model/errors.ts";
import { readAnswers } from "./answers.ts";
import { CATALOG } from "./catalog.ts";
import { type Check, type InsideCheck, type OutsideCheck, unknown } from "./check.ts";
import type { Outside } from "./facts.ts";
import { insideScript, type Target } from "./script.ts";

/** The checks to run, in the order of the catalog. Quick ones start no process. @param ids undefined: all */
export function selectChecks({ ids, quick }: { readonly ids?: readonly string[] | undefined; readonly quick: boolean }): readonly Check[] {
  return CATALOG.filter(({ id, where }) => (ids === undefined || ids.includes(id)) && (!quick || where === "outside"));
}

/** Looks from the host. @param seen undefined where the sandbox's processes are not seen from here */
export function lookOutside(checks: readonly Check[], seen: Outside | undefined): CheckResult[] {
  return checks.filter((check): check is OutsideCheck => check.where === "outside").map((check) => result(check, seen ? attemptLook(check, seen) : unknown("the kernel can't be read from here")));
}

/** Tries from inside, all at once. @param exec runs a script in the sandbox as the agent's user and returns its output */
export async function tryInside(checks: readonly Check[], target: Target, nonce: string, exec: (script: string) => Promise<string>): Promise<CheckResult[]> {
  const attempts = checks.filter((check): check is InsideCheck => check.where === "inside");
  if (attempts.length === 0) return [];
  let silent: Outcome | undefined;
  const output = await exec(insideScript(attempts, target, nonce)).catch((error: unknown) => {
    silent = unknown(textOf(error));
    return "";
  });
  const answers = readAnswers(output, attempts.map(({ id }) => id), nonce);
  return attempts.map((check) => result(check, silent ?? answers.get(check.id)!));
}

function attemptLook(check: OutsideCheck, seen: Outside): Outcome {
  try {
    return check.look(seen);
  } catch (error) {
    return unknown(`it could not be looked at: ${textOf(error)}`);
  }
}

function result({ id, title, severity, maps, remedy, where }: Check, outcome: Outcome): CheckResult {
  return { id, title, maps, remedy, where, severity, ...outcome };
}
