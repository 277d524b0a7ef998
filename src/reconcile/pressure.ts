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

function habit(counts: readonly (number | undefined)[], say: (count: number) => string): string[] {
  const steps = counts.slice(1).map((count, index) => Math.max(0, (count ?? 0) - (counts[index] ?? count ?? 0)));
  if (steps.filter((step) => step > 0).length < HABIT) return [];
  return [say(steps.reduce((sum, step) => sum + step, 0))];
}
