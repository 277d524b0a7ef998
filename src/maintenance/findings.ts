import type { Finding } from "../model/finding.ts";
import type { MaintenanceRecord } from "../model/maintenance.ts";
import { overdueSince } from "./schedule.ts";

const AGAIN = "openclaw fortress maintenance";

/** What the last run found, which of its steps failed, and whether it is too long ago. */
export function maintenanceFindings(record: MaintenanceRecord, now: Date): Finding[] {
  const since = overdueSince(record, now);
  const when = record.ranAt === undefined ? `never came to its end, and somebody was to do it since` : "came to its end last on";
  return [
    ...(since === undefined ? [] : [overdue(`The daily maintenance ${when} ${day(since)}.`)]),
    ...record.steps.filter(({ outcome }) => outcome === "failed").map(({ id, detail }): Finding => ({ id: "maintenance.failed", severity: "warn", detail: `The step ${id} of the daily maintenance failed: ${detail}`, remedy: `Mend what it says, then: ${AGAIN} --only ${id}` })),
    ...record.steps.flatMap(({ findings }) => findings),
  ];
}

/** The same where what the last run left is there and can't be read. */
export function unreadableRecord(): Finding {
  return overdue("What the last daily maintenance left can't be read, so that nothing is known of it.");
}

function overdue(detail: string): Finding {
  return { id: "maintenance.overdue", severity: "warn", detail, remedy: `Run it: ${AGAIN}. It says what keeps it from its end.` };
}

function day(at: string): string {
  return new Date(at).toISOString().slice(0, 10);
}
