import type { BackupState } from "../model/backup.ts";

const HOUR_MS = 3_600_000;
/** However the clock jumps, runs are this far apart; less after one that failed. */
const APART_MS = { done: 12 * HOUR_MS, failed: 4 * HOUR_MS };
/** A day, and the time that a run or a machine that was off overnight may take. */
export const OVERDUE_MS = 36 * HOUR_MS;

export interface DueFacts {
  readonly now: Date;
  /** Milliseconds of a clock that nobody sets since the last run that this process began; undefined when it began none. */
  readonly sinceRunMs: number | undefined;
  /** The last run that anybody began. */
  readonly run: BackupState["run"];
  /** Hour of the local day. */
  readonly hour: number;
}

/** Whether a run is due now, and when the next one is; local time. */
export function planRun({ now, sinceRunMs, run, hour }: DueFacts): { readonly due: boolean; readonly because: string; readonly next: Date } {
  const today = slot(now, hour, 0);
  const last = now >= today ? today : slot(now, hour, -1);
  const next = now >= today ? slot(now, hour, 1) : today;
  const ranAt = run === undefined ? Number.NaN : Date.parse(run.at);
  const failed = run?.outcome === "failed";
  const apart = failed ? APART_MS.failed : APART_MS.done;
  if (sinceRunMs !== undefined && sinceRunMs < apart) return { due: false, because: "the last run was not long ago", next };
  // A clock that was set back makes the last run a matter of the future, which says nothing.
  if (Number.isNaN(ranAt) || ranAt > now.getTime() + HOUR_MS) return { due: true, because: "no run is known", next };
  if (ranAt < last.getTime()) return { due: true, because: `none since ${last.toISOString()}`, next };
  if (failed && now.getTime() - ranAt >= apart) return { due: true, because: "the last one failed", next };
  return { due: false, because: "today's is done", next };
}

function slot(now: Date, hour: number, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}

/** Milliseconds since the newest verified set, by its own time; undefined without one, and where that is no time or one to come. */
export function ageOf(createdAt: string | undefined, now: Date): number | undefined {
  const age = now.getTime() - Date.parse(createdAt ?? "");
  return age >= -HOUR_MS ? Math.max(0, age) : undefined;
}
