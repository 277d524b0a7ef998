import type { MaintenanceRecord } from "../model/maintenance.ts";

const HOUR = 3_600_000;
/** Whatever keeps a run from its end is not mended by trying all the time. */
const RETRY_MS = HOUR;
/** A day, and what a night's work and a late start may take. */
const OVERDUE_MS = 30 * HOUR;
/** Steps of a daily run begin at a slightly different time each day. */
const SLACK_MS = 6 * HOUR;

/**
 * True when the day's run was not done yet. Each day has one, whenever its hour is noticed: a machine
 * that slept for a week does one run and not seven.
 *
 * @param hour of the day, by the local time of `now`
 */
export function isDue({ since, ranAt, triedAt }: Pick<MaintenanceRecord, "since" | "ranAt" | "triedAt">, now: Date, hour: number): boolean {
  if (triedAt !== undefined && isPast(triedAt, now) && now.getTime() - Date.parse(triedAt) < RETRY_MS) return false;
  const last = ranAt ?? since;
  // What ran tomorrow ran before somebody set the clock: it says nothing.
  return !isPast(last, now) || Date.parse(last) < lastTurn(now, hour);
}

/** Since when nothing came to its end, where that is too long ago; undefined where it is not. */
export function overdueSince({ since, ranAt }: Pick<MaintenanceRecord, "since" | "ranAt">, now: Date): string | undefined {
  const last = ranAt ?? since;
  return now.getTime() - Date.parse(last) > OVERDUE_MS ? last : undefined;
}

/** True when a step that is done every so many days is to be done in a run of now. @param at when it began last, ISO 8601 */
export function isStepDue(everyDays: number, at: string | undefined, now: Date): boolean {
  return at === undefined || !isPast(at, now) || now.getTime() - Date.parse(at) >= everyDays * 24 * HOUR - SLACK_MS;
}

/** The last time that it was this hour. */
function lastTurn(now: Date, hour: number): number {
  const turn = new Date(now);
  turn.setHours(hour, 0, 0, 0);
  if (turn > now) turn.setDate(turn.getDate() - 1);
  return turn.getTime();
}

function isPast(at: string, now: Date): boolean {
  return Date.parse(at) <= now.getTime();
}
