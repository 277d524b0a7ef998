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
