import { MEMORY } from "./plan.ts";

/** What one probe leaves for the next. Times are of a clock that is never set, and starts anew with each boot. */
export interface Counters {
  readonly boot: string;
  readonly failures: number;
  readonly restarts: readonly number[];
  /** True while somebody was told that it is down, and not yet that it is back. */
  readonly told: boolean;
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
    const { boot: of, failures, restarts, told } = JSON.parse(text) as Partial<Record<keyof Counters, unknown>>;
    if (typeof of !== "string" || !isCount(failures) || !Array.isArray(restarts) || !restarts.every(isCount)) return damaged;
    if (of !== boot) return none;
    return { boot, failures, restarts: restarts.filter((at) => at <= now && now - at < MEMORY), told: told === true };
  } catch {
    return damaged;
  }
}

/** The text that {@link readCounters} reads. */
export function writeCounters(counters: Counters): string {
  return `${JSON.stringify(counters)}\n`;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
