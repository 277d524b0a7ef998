import type { BackupReport, SetSummary } from "../model/backup.ts";
import type { CreateResult, DrillResult, PruneResult, RestoreResult, VerifyResult } from "../model/backup-results.ts";
import { formatSize } from "../model/units.ts";

/** One line for every surface: the newest verified set, the last drill, the next run. */
export function backupLine({ enabled, lastSuccess, bytes, lastDrill, nextRun }: BackupReport): string {
  return [
    `backup: ${lastSuccess === undefined ? "none yet" : `${minute(lastSuccess)}, ${formatSize(bytes ?? 0)}`}`,
    lastDrill === undefined ? "no drill yet" : `drill ${lastDrill.outcome} ${minute(lastDrill.at)}`,
    enabled ? (nextRun === undefined ? "next run unknown" : `next ${minute(nextRun)}`) : "on demand only",
  ].join(" · ");
}

/** One line for each. */
export function renderSets(sets: readonly SetSummary[]): string {
  return sets.map(setLine).join("\n") || "No backup is there yet. Make one: openclaw fortress backup create";
}

function setLine({ id, status, files, databases, bytes, encrypted, problems, detail }: SetSummary): string {
  return `${id}  ${status}${encrypted ? ", encrypted" : ""}  ${formatSize(bytes)}, ${files} files, ${databases} databases${problems.length === 0 ? "" : `, ${problems.length} problems`}${detail === undefined ? "" : `  (${detail})`}`;
}

/** To the minute, UTC. */
function minute(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")}Z`;
}

export function renderCreated({ set, directory, shared, tookMs, skipped, removed, afterwards }: CreateResult): string {
  const lines = [`${set.status === "verified" ? "Verified" : "DEGRADED"}: ${set.id} in ${directory}/sets`, `${formatSize(set.bytes)} in ${set.files} files, ${set.databases} of them databases; ${shared} unchanged and shared with the set before; ${skipped} left out (manifest.json says why); ${(tookMs / 1_000).toFixed(1)} s`];
  for (const { path, kind, detail } of set.problems) lines.push(`✗ ${path}: ${kind}: ${detail}`);
  if (removed.length > 0) lines.push(`Removed, as backups.keep says: ${removed.join(", ")}`);
  if (afterwards !== undefined) lines.push(`✗ It was not taken elsewhere: ${afterwards}`);
  return lines.join("\n");
}

export function renderVerified({ set, status, files, databases, read, damage }: VerifyResult): string {
  const lines = [damage.length === 0 ? `${set} holds: ${files} files, ${databases} databases${read ? "" : "; encrypted: the hashes only"}${status === "degraded" ? ". It was degraded when it was made" : ""}` : `${set} is DAMAGED:`];
  return [...lines, ...damage.map(({ path, detail }) => `✗ ${path} ${detail}`)].join("\n");
}

export function renderRestored({ set, createdAt, to, files, databases, bytes, aside, notes }: RestoreResult): string {
  return [`Restored ${set} of ${createdAt}: ${files} files, ${databases} databases, ${formatSize(bytes)}`, `  to ${to}`, ...aside.map((path) => `  what was there is ${path}`), ...notes.map((note) => `! ${note}`)].join("\n");
}

export function renderPruned({ decisions, removed, dryRun }: PruneResult): string {
  const lines = decisions.map(({ id, keep, because }) => `${keep ? "keep  " : dryRun ? "would remove" : "removed"} ${id}: ${because.join("; ")}`);
  return [...lines, dryRun ? "Nothing was removed." : `${removed.length} removed.`].join("\n");
}

export function renderDrill({ set, outcome, detail }: DrillResult): string {
  return `The drill ${outcome}: ${set}: ${detail}`;
}
