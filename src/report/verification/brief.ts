import { type CheckResult, isDark, isOpen, type Verification } from "../../model/check.ts";
import { counted } from "../../model/units.ts";
import { shortLine } from "../short.ts";
import { faceOf, summary, VERDICTS } from "./text.ts";

/** What fits a phone's screen. */
const MOST_CHECKS = 5;
const MOST_SANDBOXES = 6;
const MOST_UNSEEN = 2;

/** One check that does not hold, or that nobody knows of, with everywhere it is so. */
interface Trouble {
  readonly result: CheckResult;
  readonly sandboxes: readonly string[];
}

/**
 * The verdict, what needs somebody with its remedy, and a line for each sandbox.
 *
 * @param whole how the reader gets the rest
 */
export function renderBrief(verification: Verification, whole: string): string {
  const { verdict, examinations, unseen } = verification;
  const troubles = troublesOf(verification);
  const lines = [`fortress verify: ${VERDICTS[verdict]}`];
  for (const { result, sandboxes } of troubles.slice(0, MOST_CHECKS)) {
    lines.push(`${faceOf(result).mark} ${result.id} (${sandboxes.length === 1 ? sandboxes[0] : counted(sandboxes.length, "sandbox", "sandboxes")}) ${result.title}: ${result.evidence}`);
    if (isOpen(result)) lines.push(`  → ${result.remedy}`);
  }
  for (const each of unseen.slice(0, MOST_UNSEEN)) lines.push(`? ${each}`);
  for (const { sandbox, results } of examinations.slice(0, MOST_SANDBOXES)) lines.push(`${sandbox}: ${summary(results)}`);
  const more = (number: number, one: string, many?: string): string[] => (number > 0 ? [counted(number, one, many)] : []);
  const left = [
    ...more(troubles.length - MOST_CHECKS, "more check that does not hold", "more checks that do not hold"),
    ...more(unseen.length - MOST_UNSEEN, "more not seen", "more not seen"),
    ...more(examinations.length - MOST_SANDBOXES, "more sandbox", "more sandboxes"),
  ];
  lines.push(`${[...left, "every result"].join(", ")}: ${whole}`);
  return lines.map((line) => shortLine(line)).join("\n");
}

const WEIGHT = { critical: 0, warn: 1, info: 2 } as const;

/** The worst first; what nobody knows after what failed. */
function troublesOf({ examinations }: Verification): Trouble[] {
  const found = new Map<string, { result: CheckResult; sandboxes: string[] }>();
  for (const { sandbox, results } of examinations) {
    for (const result of results.filter((each) => isOpen(each) || isDark(each))) {
      // That it failed in one sandbox and is not known of another are two things to say.
      const key = `${result.id} ${result.state}`;
      const known = found.get(key);
      if (known) known.sandboxes.push(sandbox);
      else found.set(key, { result, sandboxes: [sandbox] });
    }
  }
  const weight = ({ result }: Trouble): number => (isOpen(result) ? WEIGHT[result.severity] : WEIGHT.info);
  return [...found.values()].sort((left, right) => weight(left) - weight(right));
}
