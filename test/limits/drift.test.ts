import { expect, it } from "vitest";
import { driftOf } from "../../src/limits/drift.ts";
import type { ObservedLimits } from "../../src/model/sandbox.ts";
import { GIB, LIMITS } from "../fixtures/container.ts";

it.each<[string, Partial<ObservedLimits>, readonly string[]]>([
  ["the same", {}, []],
  ["rounded by the kernel", { memory: 8 * GIB - 4096, cpus: 3.9999 }, []],
  ["looser", { pids: 4_000, memory: Infinity }, ["memory is unlimited instead of 8 GiB", "PIDs is 4000 instead of 512"]],
  ["tighter", { cpus: 0.5 }, ["CPUs is 0.5 instead of 4"]],
  ["unknown", { memorySwap: undefined }, ["memory+swap is unknown instead of 8 GiB"]],
])("tells what is %s", (_, changed, told) => {
  expect(driftOf(LIMITS, { ...LIMITS, ...changed })).toEqual(told);
});

it("knows nothing where nothing can be read", () => {
  expect(driftOf(LIMITS, { memory: undefined, memorySwap: undefined, cpus: undefined, pids: undefined })).toBeUndefined();
});
