import type { LimitName } from "./sandbox.ts";

const FACTORS: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const SIZE = /^(\d+)([bkmgt])$/;

/**
 * Bytes of an engine-style size: a whole number and one unit letter (b, k, m, g, t; powers of 1024).
 * Anything else, `8gb` and a bare number included, is `undefined`: a size that is read wrongly
 * is a limit that is not there.
 */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (!match) return undefined;
  const bytes = Number(match[1]) * FACTORS[match[2]!]!;
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** Bytes as a short human size, for example `8 GiB` or `1.5 MiB`. */
export function formatSize(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(1))} ${units[unit]}`;
}

/** `1 file`, `2 files`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

// The kernel rounds memory to pages and CPU quota to microseconds.
const ROUNDING = 1e-4;

/** True when the kernel allows more than wanted. A tighter limit is none of this; one that could not be read is. */
export function isLooser(wanted: number, actual: number | undefined): boolean {
  return actual === undefined || actual > wanted * (1 + ROUNDING);
}

/** True when the kernel allows exactly what is wanted, but for its rounding. */
export function isExactly(wanted: number, actual: number | undefined): boolean {
  return Math.abs((actual ?? Infinity) - wanted) <= wanted * ROUNDING;
}

export const LIMIT_LABELS: Readonly<Record<LimitName, string>> = { memory: "memory", memorySwap: "memory+swap", cpus: "CPUs", pids: "PIDs" };

/** A limit as a person reads it; `Infinity` is "unlimited", `undefined` is "unknown". */
export function formatLimit(name: LimitName, value: number | undefined): string {
  if (value === undefined) return "unknown";
  if (value === Infinity) return "unlimited";
  return name === "memory" || name === "memorySwap" ? formatSize(value) : String(Number(value.toFixed(2)));
}
