import type { ObservedPressure } from "../model/sandbox.ts";

export interface PressureSample extends ObservedPressure {
  /** Milliseconds of a clock that is never set. */
  readonly at: number;
}

/** What is longer ago says nothing of now. */
export const PRESSURE_WINDOW_MS = 60 * 60_000;
/** Once happens; twice in the window, seen apart, is a habit. */
const HABIT = 2;

/** What a sandbox keeps hitting, one sentence each. @param samples oldest first */
export function judgePressure(samples: readonly PressureSample[], now: number): string[] {
  const recent = samples.filter(({ at }) => now - at <= PRESSURE_WINDOW_MS);
  return [
    ...habit(recent.map(({ oomKills }) => oomKills), (count) => `the kernel killed ${count} processes for lack of memory within an hour`),
    ...habit(recent.map(({ pidsHits }) => pidsHits), (count) => `its limit of processes was hit ${count} times within an hour`),
  ];
}

/** From here on more of its time is spent on waiting than on work. */
const THROTTLED = 0.5;

/** How much a sandbox waits for processors, where every look within the window saw it; else undefined. */
export function judgeThrottling(samples: readonly PressureSample[], now: number): string | undefined {
  const recent = samples.filter(({ at }) => now - at <= PRESSURE_WINDOW_MS).map(({ throttled }) => throttled);
  if (recent.length <= HABIT || recent.some((share) => share === undefined || share < THROTTLED)) return undefined;
  return `it had to wait for processors in ${Math.round(recent.at(-1)! * 100)} % of the time slices in which it had work`;
}

function habit(counts: readonly (number | undefined)[], say: (count: number) => string): string[] {
  const steps = counts.slice(1).map((count, index) => Math.max(0, (count ?? 0) - (counts[index] ?? count ?? 0)));
  if (steps.filter((step) => step > 0).length < HABIT) return [];
  return [say(steps.reduce((sum, step) => sum + step, 0))];
}
