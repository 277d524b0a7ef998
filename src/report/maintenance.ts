import type { MaintenanceReport, StepOutcome } from "../model/maintenance.ts";
import { localTime } from "./words.ts";

const WORDS: Readonly<Record<StepOutcome, string>> = { well: "well", found: "found something", partial: "could not look at everything", failed: "failed" };

/** One line for every surface; when it ran is the local time of who shows it. */
export function maintenanceLine({ ranAt, steps }: MaintenanceReport): string {
  const others = steps.filter(({ outcome }) => outcome !== "well");
  const told = others.map(({ id, outcome }) => `${id} ${WORDS[outcome]}`).join(", ");
  return `maintenance: ran ${localTime(ranAt)}, ${steps.length - others.length} of ${steps.length} well${told === "" ? "" : ` (${told})`}`;
}

export function outcomeWords(outcome: StepOutcome): string {
  return WORDS[outcome];
}
