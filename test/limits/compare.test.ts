import { expect, it } from "vitest";
import { exact, shortfalls } from "../../src/limits/compare.ts";
import type { ObservedLimits } from "../../src/model/sandbox.ts";
import { GIB, LIMITS } from "../fixtures/container.ts";

it.each<[string, Partial<ObservedLimits>, boolean, string[]]>([
  ["the same", {}, true, []],
  ["rounded to a page", { memory: LIMITS.memory - 4096, memorySwap: LIMITS.memorySwap + 4096 }, true, []],
  ["rounded to a microsecond", { cpus: 4.00001 }, true, []],
  ["tighter", { memory: GIB, memorySwap: GIB, cpus: 1, pids: 100 }, false, []],
  ["more memory", { memory: 9 * GIB }, false, ["memory: wanted 8 GiB, the kernel says 9 GiB"]],
  ["more swap", { memorySwap: 16 * GIB }, false, ["memory+swap: wanted 8 GiB, the kernel says 16 GiB"]],
  ["more CPUs", { cpus: 4.5 }, false, ["CPUs: wanted 4, the kernel says 4.5"]],
  ["one process more", { pids: 513 }, false, ["PIDs: wanted 512, the kernel says 513"]],
  ["no limit", { pids: Infinity }, false, ["PIDs: wanted 512, the kernel says unlimited"]],
  ["not readable", { memory: undefined, cpus: undefined }, false, ["memory: wanted 8 GiB, the kernel says unknown", "CPUs: wanted 4, the kernel says unknown"]],
])("%s", (_, observed, isExact, missing) => {
  const kernel = { ...LIMITS, ...observed };
  expect(exact(LIMITS, kernel)).toBe(isExact);
  expect(shortfalls(LIMITS, kernel)).toEqual(missing);
});
