import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planLimits } from "../../src/limits/plan.ts";
import { GIB } from "../fixtures/container.ts";

const WANTED = { memory: 8 * GIB, cpus: 4, pids: 512 };
const LARGE = { memory: 64 * GIB, cpus: 32 };

it("is what is configured where there is enough of it", () => {
  expect(planLimits(WANTED, {}, LARGE)).toEqual({ limits: { ...WANTED, memorySwap: 8 * GIB }, clipped: [] });
});

it("is clipped to the machine, and says so", () => {
  expect(planLimits(WANTED, {}, { memory: 2 * GIB, cpus: 2 })).toEqual({
    limits: { memory: 2 * GIB, memorySwap: 2 * GIB, cpus: 2, pids: 512 },
    clipped: ["8 GiB clipped to 2 GiB: the machine has no more memory", "4 CPUs clipped to 2 CPUs: the machine has no more CPUs"],
  });
});

it("is clipped to what OpenClaw's configuration asks for, and says so", () => {
  expect(planLimits(WANTED, { memory: "1g", cpus: 0.5, pidsLimit: 64 }, LARGE)).toEqual({
    limits: { memory: GIB, memorySwap: GIB, cpus: 0.5, pids: 64 },
    clipped: ["8 GiB clipped to 1 GiB: sandbox.docker asks for less", "4 CPUs clipped to 0.5 CPUs: sandbox.docker asks for less", "512 PIDs clipped to 64 PIDs: sandbox.docker asks for less"],
  });
});

describe("OpenClaw's memory, in the notation of the engines", () => {
  it.each([
    ["512m", GIB / 2],
    ["512M", GIB / 2],
    ["512mb", GIB / 2],
    ["512MiB", GIB / 2],
    ["0.5g", GIB / 2],
    ["1.5g", 1.5 * GIB],
    ["1 GiB", GIB],
    [" 1g ", GIB],
    ["1073741824", GIB],
    ["1073741824b", GIB],
    [1073741824, GIB],
    [100.9, 100],
    ["16g", 8 * GIB],
    ["1p", 8 * GIB],
    // Not a bound: unlimited, or nothing that an engine would take.
    [undefined, 8 * GIB],
    ["", 8 * GIB],
    [0, 8 * GIB],
    ["0", 8 * GIB],
    [-1, 8 * GIB],
    ["-1", 8 * GIB],
    ["lots", 8 * GIB],
    [NaN, 8 * GIB],
  ])("%j gives %d", (memory, bytes) => {
    expect(planLimits(WANTED, { memory }, LARGE).limits).toMatchObject({ memory: bytes, memorySwap: bytes });
  });
});

it.each([{ cpus: 0, pidsLimit: 0 }, { cpus: -1, pidsLimit: -1 }, { cpus: NaN, pidsLimit: NaN }])("%j of OpenClaw's is no bound", (native) => {
  expect(planLimits(WANTED, native, LARGE)).toEqual({ limits: { ...WANTED, memorySwap: WANTED.memory }, clipped: [] });
});

it("is never larger than any bound, never without swap in it, and silent only where nothing was clipped", () => {
  const amount = fc.integer({ min: 1, max: 2 ** 40 });
  const bounds = fc.record({ memory: amount, cpus: fc.integer({ min: 1, max: 256 }), pids: fc.integer({ min: 16, max: 4_194_304 }) });
  const native = fc.record({ memory: fc.oneof(amount, amount.map(String)), cpus: fc.double({ min: 0.01, max: 256, noNaN: true }), pidsLimit: amount }, { requiredKeys: [] });
  fc.assert(
    fc.property(bounds, native, bounds, (wanted, asked, machine) => {
      const { limits, clipped } = planLimits(wanted, asked, machine);
      expect(limits).toEqual({
        memory: Math.min(wanted.memory, machine.memory, Number(asked.memory ?? Infinity)),
        memorySwap: limits.memory,
        cpus: Math.min(wanted.cpus, machine.cpus, asked.cpus ?? Infinity),
        pids: Math.min(wanted.pids, asked.pidsLimit ?? Infinity),
      });
      const smaller = limits.memory < wanted.memory || limits.cpus < wanted.cpus || limits.pids < wanted.pids;
      expect(clipped.length > 0).toBe(smaller);
    }),
  );
});
