import { MEMORY } from "./plan.ts";

/** What one probe leaves for the next. Times are of a clock that is never set, and starts anew with each boot. */
export interface Counters {
  readonly boot: string;
  readonly failures: number;
  readonly restarts: readonly number[];
  /** True while somebody was told that it is down, and not yet that it is back. */
  readonly told: boolean;
  /** How often the manager had started it again when it began to fail; undefined where that is not known. */
  readonly startsBefore?: number;
}

const MAX_BYTES = 16_384;

/**
 * Reads what the last probe left. What belongs to another boot is over; what is damaged is taken for a
 * restart just now, so that losing the file never leads to more restarts than keeping it.
 */
export function readCounters(text: string | undefined, boot: string, now: number): Counters {
  const none: Counters = { boot, failures: 0, restarts: [], told: false };
  if (text === undefined) return none;
  const damaged: Counters = { ...none, restarts: [now] };
  if (text.length > MAX_BYTES) return damaged;
  try {
    const { boot: of, failures, restarts, told, startsBefore } = JSON.parse(text) as Partial<Record<keyof Counters, unknown>>;
    if (typeof of !== "string" || !isCount(failures) || !Array.isArray(restarts) || !restarts.every(isCount) || (startsBefore !== undefined && !isCount(startsBefore))) return damaged;
    if (of !== boot) return none;
    return { boot, failures, restarts: restarts.filter((at) => at <= now && now - at < MEMORY), told: told === true, ...(startsBefore !== undefined && { startsBefore }) };
  } catch {
    return damaged;
  }
}

/**
 * One failure more.
 *
 * @param starts how often the manager has started it again; it counts anew when somebody starts it
 */
export function counting({ startsBefore, ...before }: Counters, starts: number | undefined): Counters {
  const first = before.failures === 0 ? starts : starts === undefined ? startsBefore : Math.min(startsBefore ?? starts, starts);
  return { ...before, failures: before.failures + 1, ...(first !== undefined && { startsBefore: first }) };
}

/** How often the manager started it again since it began to fail. */
export function startedAgain({ startsBefore }: Counters, starts: number | undefined): number {
  return startsBefore === undefined || starts === undefined ? 0 : Math.max(0, starts - startsBefore);
}

/** The text that {@link readCounters} reads. */
export function writeCounters(counters: Counters): string {
  return `${JSON.stringify(counters)}\n`;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
