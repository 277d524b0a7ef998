import { describe, expect, it } from "vitest";
import { countZombies, readLimits, readTaskCount } from "../../src/limits/cgroup.ts";
import { GIB } from "../fixtures/container.ts";
import { cgroup, kernel, type KernelFiles } from "../fixtures/kernel.ts";

const PID = 4711;
const ROOT = "/sys/fs/cgroup";
const V1_UNLIMITED = "9223372036854771712";
const NO_SWAP = { "/proc/meminfo": "MemTotal:       32768 kB\nSwapTotal:             0 kB\nSwapFree: 0 kB\n" };
const SWAP = { "/proc/meminfo": "SwapTotal:       1048576 kB\n" };

const own = (...lines: string[]): KernelFiles => ({ [`/proc/${PID}/cgroup`]: `${lines.join("\n")}\n` });
const limits = (...files: KernelFiles[]): ReturnType<typeof readLimits> => readLimits(kernel(Object.assign({}, ...files) as KernelFiles), PID);

const UNKNOWN = { memory: undefined, memorySwap: undefined, cpus: undefined, pids: undefined };
const EIGHT = { memory: 8 * GIB, memorySwap: 8 * GIB, cpus: 4, pids: 512 };
const UNLIMITED = { memory: Infinity, memorySwap: Infinity, cpus: Infinity, pids: Infinity };

describe("cgroup v2", () => {
  const BASE = { [`${ROOT}/cgroup.controllers`]: "cpuset cpu io memory pids\n", ...SWAP };
  const SET = { "memory.max": String(8 * GIB), "memory.swap.max": "0", "cpu.max": "400000 100000", "pids.max": "512" };
  const OPEN = { "memory.max": "max", "memory.swap.max": "max", "cpu.max": "max 100000", "pids.max": "max" };
  const scope = `${ROOT}/machine.slice/libpod-c0ffee.scope`;
  const path = "0::/machine.slice/libpod-c0ffee.scope";

  it("reads the limits of the container's own cgroup", () => {
    expect(limits(BASE, own(path), cgroup(scope, SET))).toEqual(EIGHT);
  });

  it("reads them above crun's sub-cgroup", () => {
    expect(limits(BASE, own(`${path}/container`), cgroup(scope, SET), cgroup(`${scope}/container`, OPEN))).toEqual(EIGHT);
    expect(limits(BASE, own(`${path}/container`), cgroup(scope, SET), cgroup(`${scope}/container`, {}))).toEqual(EIGHT);
  });

  it("takes a tighter slice above", () => {
    expect(limits(BASE, own(path), cgroup(scope, SET), cgroup(`${ROOT}/machine.slice`, { "memory.max": String(GIB), "pids.max": "100", "cpu.max": "50000 100000" }))).toEqual({
      memory: GIB,
      memorySwap: GIB,
      cpus: 0.5,
      pids: 100,
    });
  });

  it("adds the swap that is allowed beside the memory", () => {
    expect(limits(BASE, own(path), cgroup(scope, { ...SET, "memory.swap.max": String(GIB) })).memorySwap).toBe(9 * GIB);
    expect(limits(BASE, own(path), cgroup(scope, { ...SET, "memory.swap.max": "max" })).memorySwap).toBe(Infinity);
  });

  it("is unlimited where nothing is set", () => {
    expect(limits(BASE, own(path), cgroup(scope, OPEN))).toEqual(UNLIMITED);
  });

  it("does not know the limits of a controller that is off", () => {
    expect(limits(BASE, own(path), cgroup(scope, { "pids.max": "512" }))).toEqual({ ...UNKNOWN, pids: 512 });
    expect(limits(BASE, own("0::/"), cgroup(ROOT, { "cgroup.procs": "1" }))).toEqual(UNKNOWN);
  });

  it("does without swap accounting only where there is no swap", () => {
    const files = [own(path), cgroup(scope, { "memory.max": String(8 * GIB) })];
    expect(limits(BASE, NO_SWAP, ...files).memorySwap).toBe(8 * GIB);
    expect(limits(BASE, SWAP, ...files).memorySwap).toBeUndefined();
  });

  it("does not guess at what it cannot read", () => {
    expect(limits(BASE, own(path), cgroup(scope, { "memory.max": "8g", "memory.swap.max": "", "cpu.max": "0 100000", "pids.max": "-1" }))).toEqual(UNKNOWN);
    expect(limits(BASE, own(path), cgroup(scope, { ...SET, "cpu.max": "400000" })).cpus).toBeUndefined();
  });
});

describe("cgroup v1", () => {
  const PATHS = own("12:pids:/libpod/c0ffee", "11:cpu,cpuacct:/libpod/c0ffee", "10:memory:/libpod/c0ffee", "1:name=systemd:/libpod/c0ffee");
  const SET: readonly KernelFiles[] = [
    cgroup(`${ROOT}/memory/libpod/c0ffee`, { "memory.limit_in_bytes": String(8 * GIB), "memory.memsw.limit_in_bytes": String(8 * GIB) }),
    cgroup(`${ROOT}/cpu/libpod/c0ffee`, { "cpu.cfs_quota_us": "400000", "cpu.cfs_period_us": "100000" }),
    cgroup(`${ROOT}/pids/libpod/c0ffee`, { "pids.max": "512" }),
  ];
  /** The root cgroups have no quota and no pids limit. */
  const ABOVE = cgroup(`${ROOT}/memory`, { "memory.limit_in_bytes": V1_UNLIMITED, "memory.memsw.limit_in_bytes": V1_UNLIMITED });

  it("reads the limits", () => {
    expect(limits(SWAP, PATHS, ABOVE, ...SET)).toEqual(EIGHT);
  });

  it("reads each controller with the period of the same directory", () => {
    expect(limits(SWAP, PATHS, ...SET, cgroup(`${ROOT}/cpu/libpod`, { "cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "50000" })).cpus).toBe(1);
  });

  it("is unlimited where nothing is set", () => {
    const files = [
      cgroup(`${ROOT}/memory/libpod/c0ffee`, { "memory.limit_in_bytes": V1_UNLIMITED, "memory.memsw.limit_in_bytes": V1_UNLIMITED }),
      cgroup(`${ROOT}/cpu/libpod/c0ffee`, { "cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000" }),
      cgroup(`${ROOT}/pids/libpod/c0ffee`, { "pids.max": "max" }),
    ];
    expect(limits(SWAP, PATHS, ABOVE, ...files)).toEqual(UNLIMITED);
  });

  it("is never a pass for a rootless container, which lies in the root cgroup", () => {
    expect(limits(NO_SWAP, own("12:pids:/", "11:cpu,cpuacct:/", "10:memory:/"), ABOVE)).toEqual({ memory: Infinity, memorySwap: Infinity, cpus: undefined, pids: undefined });
  });

  it("does without swap accounting only where there is no swap", () => {
    const memory = cgroup(`${ROOT}/memory/libpod/c0ffee`, { "memory.limit_in_bytes": String(GIB) });
    expect(limits(NO_SWAP, PATHS, ABOVE, memory).memorySwap).toBe(Infinity);
    expect(limits(NO_SWAP, PATHS, memory)).toMatchObject({ memory: GIB, memorySwap: GIB });
    expect(limits(SWAP, PATHS, memory)).toMatchObject({ memory: GIB, memorySwap: undefined });
  });

  it("does not take what stands above a cgroup that is not here for its limits", () => {
    expect(limits(NO_SWAP, PATHS, ABOVE)).toEqual(UNKNOWN);
  });

  it("works beside an empty v2 hierarchy (hybrid)", () => {
    const hybrid = { ...PATHS, [`/proc/${PID}/cgroup`]: `${PATHS[`/proc/${PID}/cgroup`]}0::/libpod/c0ffee\n`, [`${ROOT}/unified/cgroup.controllers`]: "\n" };
    expect(limits(SWAP, hybrid, ABOVE, ...SET)).toEqual(EIGHT);
  });
});

describe("nothing to read", () => {
  it.each<[string, KernelFiles]>([
    ["no such process", {}],
    ["an empty file", { [`/proc/${PID}/cgroup`]: "" }],
    ["garbage", { [`/proc/${PID}/cgroup`]: "0:/x\n::\nmax\n" }],
    ["outside this cgroup namespace, v2", own("0::/../../libpod-c0ffee.scope")],
    ["outside this cgroup namespace, v1", own("12:pids:/../x", "10:memory:/..", "4:cpu:/../x")],
  ])("is unknown: %s", (_, files) => {
    const root = { [`${ROOT}/cgroup.controllers`]: "memory\n", ...cgroup(ROOT, { "memory.max": String(GIB) }), ...cgroup(`${ROOT}/memory`, { "memory.limit_in_bytes": String(GIB) }) };
    expect(limits(NO_SWAP, root, files)).toEqual(UNKNOWN);
    expect(limits(NO_SWAP, files)).toEqual(UNKNOWN);
  });
});

describe("readTaskCount", () => {
  it.each<[string, KernelFiles, number | undefined]>([
    ["v2", { ...own("0::/a/b"), ...cgroup(`${ROOT}/a/b`, { "pids.current": "7" }) }, 7],
    ["v1", { ...own("3:pids:/a/b", "0::/x"), ...cgroup(`${ROOT}/pids/a/b`, { "pids.current": "3" }) }, 3],
    ["no such process", {}, undefined],
    ["no pids controller", { ...own("0::/a/b"), ...cgroup(`${ROOT}/a/b`, { "cgroup.procs": "7\n8\n" }) }, 2],
    ["a cgroup that is not to be seen", own("0::/a/b"), undefined],
    ["no cgroup of v2, and no pids controller", own("4:cpu:/a"), undefined],
  ])("%s", (_, files, count) => {
    expect(readTaskCount(kernel(files), PID)).toBe(count);
  });
});

describe("countZombies", () => {
  const files = {
    [`/proc/${PID}/cgroup`]: "0::/c\n",
    ...cgroup("/sys/fs/cgroup/c", { "cgroup.procs": `${PID}\n20\n30` }),
    [`/proc/${PID}/task/${PID}/children`]: "20 21 22 ",
    "/proc/20/task/20/children": "30 31 ",
    "/proc/30/task/30/children": "",
    ...Object.fromEntries([[20, "S"], [21, "Z"], [22, "Z"], [30, "R"], [31, "Z"]].map(([pid, state]) => [`/proc/${pid}/stat`, `${pid} (a (Z) b) ${state} 1 1`])),
  };

  it("counts what ended and was not collected, whoever started it", () => {
    expect(countZombies(kernel(files), PID)).toBe(3);
  });

  it("counts nothing where nothing can be seen, and what is gone meanwhile for nothing", () => {
    expect([countZombies(kernel({}), PID), countZombies(kernel({ ...files, "/proc/31/stat": "" }), PID)]).toEqual([0, 2]);
  });
});
