import { performance } from "node:perf_hooks";

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return { min: sorted[0]!, median: at(0.5), p95: at(0.95), max: sorted.at(-1)! };
}

/** What is in the second list more often than in the first, and how often: `inspect ×1`. */
export function extras(plain: readonly string[], other: readonly string[]): string {
  const count = (list: readonly string[], item: string): number => list.filter((each) => each === item).length;
  return [...new Set([...plain, ...other])]
    .map((item) => [item, count(other, item) - count(plain, item)] as const)
    .filter(([, difference]) => difference !== 0)
    .map(([item, difference]) => `${item} ${difference > 0 ? "+" : "−"}${Math.abs(difference)}`)
    .join(", ");
}

/** Milliseconds that it takes. */
export async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** What every round had, or what the first one had that differs. */
export function steady(rounds: readonly (readonly string[])[]): readonly string[] {
  return rounds.find((each) => each.join() !== rounds[0]!.join()) ?? rounds[0]!;
}
