import type { BackupReport, BackupState } from "../model/backup.ts";
import type { Finding } from "../model/finding.ts";
import { ageOf, OVERDUE_MS } from "./due.ts";

const HOUR_MS = 3_600_000;
const CREATE = "openclaw fortress backup create";

/**
 * What the operator should know of the backups.
 *
 * @param enabled the gateway makes them by itself; else none is missed
 */
export function backupFindings(state: BackupState, now: Date, enabled: boolean): Finding[] {
  const { run, drill, verified, newest, damaged } = state;
  const findings: Finding[] = [];
  if (run?.outcome === "failed") findings.push({ id: "backup.failed", severity: "warn", detail: `The backup of ${run.at} failed: ${run.detail ?? "unknown"}`, remedy: run.remedy ?? CREATE });
  if (newest?.status === "degraded") findings.push({ id: "backup.degraded", severity: "warn", detail: `The newest backup, ${newest.id}, lacks something: ${newest.detail ?? "its manifest.json says what"}.`, remedy: `Mend what it names, then: ${CREATE}. The newest one that holds as a whole is ${verified ? verified.id : "none"}.` });
  const age = ageOf(verified?.createdAt, now);
  const late = age === undefined ? run !== undefined || verified !== undefined || damaged === true : age > OVERDUE_MS;
  const none = verified ? `The newest verified backup says that it is of ${verified.createdAt}, which is to come: its age is not known.` : damaged ? "Whether there is a verified backup is not known: what is remembered of them, state.json beside the sets, is damaged." : "There is no verified backup.";
  if (enabled && late) findings.push({ id: "backup.overdue", severity: "warn", detail: age === undefined ? none : `The newest verified backup is ${Math.floor(age / HOUR_MS)} hours old.`, remedy: `Let the gateway run at the hour of backups.hour, or make one by hand: ${CREATE}` });
  if (run?.afterwards !== undefined) findings.push({ id: "backup.afterwards-failed", severity: "warn", detail: `The backup of ${run.at} was not taken elsewhere: ${run.afterwards}`, remedy: "Mend what it says; backups.afterwards names the command or directory. The next backup tries again." });
  if (drill?.outcome === "failed") findings.push({ id: "backup.drill-failed", severity: "warn", detail: `The drill of ${drill.at} could not restore ${drill.set}: ${drill.detail}`, remedy: "Make a new backup and try again: openclaw fortress backup create, then backup restore --drill." });
  return findings;
}

/** @param nextRun when the gateway makes the next one; undefined where it makes none */
export function backupReport(enabled: boolean, directory: string, { verified, drill }: BackupState, now: Date, nextRun: Date | undefined, shown: Pick<BackupReport, "latest" | "older">): BackupReport {
  const ageMs = ageOf(verified?.createdAt, now);
  return {
    enabled,
    directory,
    ...(verified ? { lastSuccess: verified.createdAt, bytes: verified.bytes } : {}),
    ...(ageMs === undefined ? {} : { ageMs }),
    ...(drill ? { lastDrill: { at: drill.at, outcome: drill.outcome, ...(drill.hashesOnly ? { hashesOnly: true } : {}) } } : {}),
    ...(nextRun ? { nextRun: nextRun.toISOString() } : {}),
    ...shown,
  };
}
