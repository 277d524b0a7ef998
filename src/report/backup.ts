import type { BackupEntry, BackupReport, SetSummary } from "../model/backup.ts";
import type { CreateResult, DrillResult, PruneResult, RestoreResult, VerifyResult } from "../model/backup-results.ts";
import { inert } from "../model/inert.ts";
import { counted, formatSize } from "../model/units.ts";
import { localTime } from "./words.ts";

export const NO_BACKUP = "No backup is there yet. Make one: openclaw fortress backup create";

/** What each outcome is called where there is no colour. */
const OUTCOMES: Readonly<Record<BackupEntry["outcome"], string>> = { verified: "verified", degraded: "degraded", failed: "failed", unreadable: "unreadable", unseen: "not looked at yet" };

/** One line for every surface: the newest verified set, the last drill, the next run. */
export function backupLine({ enabled, lastSuccess, ageMs, bytes, lastDrill, nextRun }: BackupReport): string {
  return [
    `backup: ${lastSuccess === undefined ? "none yet" : `${localTime(lastSuccess)}, ${ageWords(ageMs)}, ${formatSize(bytes ?? 0)}`}`,
    lastDrill === undefined ? "no drill yet" : `drill ${drillWord(lastDrill)} ${localTime(lastDrill.at)}`,
    enabled ? (nextRun === undefined ? "next run unknown" : `next ${localTime(nextRun)}`) : "on demand only",
  ].join(" · ");
}

/** A date alone looks fresh to who does not look at the calendar. */
function ageWords(ageMs: number | undefined): string {
  if (ageMs === undefined) return "its age is not known";
  const minutes = Math.floor(ageMs / 60_000);
  if (minutes < 60) return `${counted(minutes, "minute")} old`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${counted(hours, "hour")} old` : `${counted(Math.floor(hours / 24), "day")} old`;
}

/** How the last drill ended; one that had no identity restored nothing. */
export function drillWord({ outcome, hashesOnly }: NonNullable<BackupReport["lastDrill"]>): string {
  return hashesOnly ? `${outcome} (hashes only)` : outcome;
}

/** One line for each. */
export function renderSets(sets: readonly SetSummary[]): string {
  return inertLines(sets.map(setLine)) || NO_BACKUP;
}

/** The latest backups, one line for each. */
export function latestLines({ latest, older }: BackupReport): string[] {
  const lines = latest.map((entry) => [localTime(entry.at), outcomeWord(entry), ...holdsWords(entry), ...keptWords(entry), ...(entry.detail === undefined ? [] : [entry.detail])].join(" · "));
  return [...lines, ...(older > 0 ? [olderWords(older)] : [])];
}

export function outcomeWord({ outcome }: Pick<BackupEntry, "outcome">): string {
  return OUTCOMES[outcome];
}

/** What is in a set, and how long it took; nothing where nobody knows. */
export function holdsWords({ bytes, files, databases, tookMs, encrypted }: BackupEntry): string[] {
  if (bytes === undefined) return [];
  const known = (number: number | undefined, one: string): string[] => (number === undefined ? [] : [counted(number, one)]);
  return [formatSize(bytes), ...known(files, "file"), ...known(databases, "database"), ...(tookMs === undefined ? [] : [`${(tookMs / 1_000).toFixed(1)} s`]), ...(encrypted ? ["encrypted"] : [])];
}

export function keptWords({ kept }: BackupEntry): string[] {
  return kept.length === 0 ? [] : [`kept: ${kept.join(", ")}`];
}

export function olderWords(older: number): string {
  return `${counted(older, "older set")}: openclaw fortress backup list`;
}

function setLine({ id, status, files, databases, bytes, encrypted, problems, detail }: SetSummary): string {
  return `${id}  ${status}${encrypted ? ", encrypted" : ""}  ${formatSize(bytes)}, ${counted(files, "file")}, ${counted(databases, "database")}${problems.length === 0 ? "" : `, ${counted(problems.length, "problem")}`}${detail === undefined ? "" : `  (${detail})`}`;
}

export function renderCreated({ set, directory, shared, tookMs, skipped, removed, afterwards, unfinished }: CreateResult): string {
  const lines = [`${set.status === "verified" ? "Verified" : "DEGRADED"}: ${set.id} in ${directory}/sets`, `${formatSize(set.bytes)} in ${counted(set.files, "file")}, ${counted(set.databases, "database")} among them; ${shared} unchanged and shared with the set before; ${skipped} left out (manifest.json says why); ${(tookMs / 1_000).toFixed(1)} s`];
  for (const { path, kind, detail } of set.problems) lines.push(`✗ ${path}: ${kind}: ${detail}`);
  if (removed.length > 0) lines.push(`Removed, as backups.keep says: ${removed.join(", ")}`);
  if (unfinished !== undefined) lines.push(`✗ The set is there, but ${unfinished}`);
  if (afterwards !== undefined) lines.push(`✗ It was not taken elsewhere: ${afterwards}`);
  return inertLines(lines);
}

export function renderVerified({ set, status, files, databases, read, damage }: VerifyResult): string {
  const lines = [damage.length === 0 ? `${set} holds: ${counted(files, "file")}, ${counted(databases, "database")}${read ? "" : "; encrypted: the hashes only"}${status === "degraded" ? ". It was degraded when it was made" : ""}` : `${set} is DAMAGED:`];
  return inertLines([...lines, ...damage.map(({ path, detail }) => `✗ ${path} ${detail}`)]);
}

export function renderRestored({ set, createdAt, to, files, databases, bytes, aside, notes }: RestoreResult): string {
  return inertLines([`Restored ${set} of ${createdAt}: ${counted(files, "file")}, ${counted(databases, "database")}, ${formatSize(bytes)}`, `  to ${to}`, ...aside.map((path) => `  what was there is ${path}`), ...notes.map((note) => `! ${note}`)]);
}

export function renderPruned({ decisions, removed, dryRun }: PruneResult): string {
  const lines = decisions.map(({ id, keep, because }) => `${keep ? "keep  " : dryRun ? "would remove" : "removed"} ${id}: ${because.join("; ")}`);
  return inertLines([...lines, dryRun ? "Nothing was removed." : `${removed.length} removed.`]);
}

export function renderDrill({ set, outcome, detail }: DrillResult): string {
  return inertLines([`The drill ${outcome}: ${set}: ${detail}`]);
}

/** What a set calls its files comes from hostile places, and each keeps to its line. */
function inertLines(lines: readonly string[]): string {
  return lines.map(inert).join("\n");
}
