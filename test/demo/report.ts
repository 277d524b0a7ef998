import { CHECKS } from "./checks.ts";
import type { Outcome } from "./situation.ts";
import { paint, table, wrap } from "./table.ts";

const PLAIN_WIDTH = 110;

const INTRO =
  "Both sandboxes are configured with the monolithic bind ~/.openclaw:~/.openclaw:rw, and an agent runs the guide's five " +
  "commands in each, by `exec` in turns of its own. ✓ is as the guide expects it, ✗ is not.";
const NOTES =
  "~ is the throw-away home of each gateway, and the keys are random. Without fortress they are in ~/.openclaw/secrets.env, " +
  "where the guide begins. With fortress they are in ~/.config/openclaw-secrets/secrets.env, where the guide moves them, and " +
  "an old copy is forgotten in ~/.openclaw/secrets.env: command 1 reads both, command 4 searches for either. For 3 and 5 the " +
  "host is asked as well: is the file unchanged, is the new file in the workspace?";

/** The whole result for people: both runs side by side, what fortress says itself, and the verdict. */
export function renderReport(without: Outcome, within: Outcome, columns: number | undefined): string {
  const width = columns || PLAIN_WIDTH;
  const prose = (text: string) => wrap(text, Math.min(width, PLAIN_WIDTH)).join("\n");
  const rows = CHECKS.map(({ title, shown, expected }, index) => [
    { lines: [`${index + 1} ${title}`, shown], titled: true },
    without.results[index]!,
    within.results[index]!,
    { lines: [expected] },
  ]);
  return [
    "",
    prose(INTRO),
    "",
    table(["In the sandbox", "Without fortress", "With fortress", "Expected"], rows, width),
    "",
    prose(NOTES),
    "",
    paint("bold", "The answer to /fortress status"),
    (within.status ?? "none").replaceAll(/^(?=.)/gm, "  "),
    "",
    ...verdict(without, within),
    "",
  ].join("\n");
}

/** Whether fortress made the difference, in every row. */
export function isProven(without: Outcome, within: Outcome): boolean {
  return numbers(within, false).length + numbers(without, true).length === 0;
}

function verdict(without: Outcome, within: Outcome): string[] {
  if (isProven(without, within)) return [paint("green", `✓ With fortress all ${CHECKS.length} are as expected, without it none is.`)];
  const broken = numbers(within, false);
  const meaningless = numbers(without, true);
  return [
    ...(broken.length > 0 ? [paint("red", `✗ With fortress not as expected: ${broken.join(", ")}`)] : []),
    ...(meaningless.length > 0 ? [paint("red", `✗ As expected even without fortress, so they prove nothing here: ${meaningless.join(", ")}`)] : []),
  ];
}

function numbers({ results }: Outcome, holds: boolean): number[] {
  return results.flatMap((result, index) => (result.holds === holds ? [index + 1] : []));
}
