import { styleText } from "node:util";
import { type CheckResult, isOpen, type Verification } from "../../model/check.ts";
import { inert } from "../../model/inert.ts";

export const VERDICTS: Readonly<Record<Verification["verdict"], string>> = {
  hardened: "HARDENED: nothing that was looked at failed.",
  exposed: "EXPOSED: something does not hold.",
  unknown: "UNKNOWN: something critical could not be looked at.",
};

type Colour = Parameters<typeof styleText>[0];

const PASS = { mark: "✓", colour: "green" } as const;
const NOTE = { mark: "·", colour: "dim" } as const;
const OPEN = { mark: "✗", colour: "red" } as const;
const UNSURE = { mark: "?", colour: "yellow" } as const;

export function faceOf(result: CheckResult): { readonly mark: string; readonly colour: Colour } {
  if (isOpen(result)) return result.severity === "critical" ? OPEN : { ...OPEN, colour: "yellow" };
  if (result.state === "unknown") return UNSURE;
  return result.state === "pass" ? PASS : NOTE;
}

/** Every result of every sandbox, one line each, then what to do, then one line of counts. @param colour for a terminal */
export function renderText(verification: Verification, colour: boolean): string {
  const paint = (how: Colour, text: string): string => (colour ? styleText(how, text, { validateStream: false }) : text);
  const lines = [paint(verification.verdict === "hardened" ? "green" : "red", `fortress verify: ${VERDICTS[verification.verdict]}`)];
  for (const { sandbox, engine, results } of verification.examinations) {
    lines.push("", paint("bold", inert(`${sandbox} (${engine})`)));
    for (const result of results) {
      const { mark, colour: how } = faceOf(result);
      lines.push(paint(how, inert(`${mark} ${result.id.padEnd(36)} ${result.title}: ${result.evidence}`)));
    }
    lines.push(summary(results));
  }
  return [...lines, ...unseenLines(verification), ...remedies(verification)].join("\n");
}

/** One line of counts. */
export function summary(results: readonly CheckResult[]): string {
  const count = (matches: (result: CheckResult) => boolean): number => results.filter(matches).length;
  return [
    `${count(({ state }) => state === "pass")} hold`,
    `${count(isOpen)} failed`,
    `${count(({ state }) => state === "unknown")} unknown`,
    `${count(({ state, severity }) => state === "fail" && severity === "info")} noted`,
    `${count(({ state }) => state === "not-applicable")} not applicable`,
  ].join(", ");
}

function unseenLines({ unseen }: Verification): string[] {
  return unseen.map((each) => inert(`? ${each}`));
}

function remedies({ examinations }: Verification): string[] {
  const open = examinations.flatMap(({ results }) => results.filter(isOpen));
  const idsOf = (remedy: string): string => [...new Set(open.filter((each) => each.remedy === remedy).map(({ id }) => id))].join(", ");
  return open.length === 0 ? [] : ["", ...[...new Set(open.map(({ remedy }) => remedy))].map((remedy) => `→ ${idsOf(remedy)}: ${remedy}`)];
}
