import { describe, expect, it } from "vitest";
import { readUse } from "../../src/limits/usage.ts";
import { cgroup, kernel, type KernelFiles } from "../fixtures/kernel.ts";

const V2: KernelFiles = {
  "/proc/7/cgroup": "0::/machine/libpod/container\n",
  "/sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
  ...cgroup("/sys/fs/cgroup/machine/libpod/container", { "memory.current": "900", "memory.stat": "anon 500\ninactive_file 300\nworkingset_inactive_file 9", "memory.swap.current": "50", "cpu.stat": "usage_usec 2500000\nuser_usec 1", "pids.current": "17" }),
};

const V1: KernelFiles = {
  "/proc/7/cgroup": "12:memory:/c\n11:cpu,cpuacct:/c\n10:pids:/c\n",
  ...cgroup("/sys/fs/cgroup/memory/c", { "memory.usage_in_bytes": "900", "memory.memsw.usage_in_bytes": "950", "memory.stat": "inactive_file 1\ntotal_inactive_file 300" }),
  ...cgroup("/sys/fs/cgroup/cpuacct/c", { "cpuacct.usage": "2500000000" }),
  ...cgroup("/sys/fs/cgroup/pids/c", { "pids.current": "17" }),
};

const without = (files: KernelFiles, ...names: string[]): KernelFiles => Object.fromEntries(Object.entries(files).filter(([path]) => !names.some((name) => path.endsWith(name))));

describe.each([["v2", V2], ["v1", V1]])("cgroup %s", (_, files) => {
  it("says what is in use, without cache that costs nothing to drop", () => {
    expect(readUse(kernel(files), 7)).toEqual({ memory: 600, memorySwap: 650, cpuSeconds: 2.5, pids: 17 });
  });

  it("never calls unknown zero", () => {
    const gone = without(files, "memory.current", "usage_in_bytes", "cpu.stat", "cpuacct.usage", "pids.current");
    expect(readUse(kernel(gone), 7)).toEqual({ memory: undefined, memorySwap: undefined, cpuSeconds: undefined, pids: undefined });
    expect(readUse(kernel({}), 7)).toEqual({ memory: undefined, memorySwap: undefined, cpuSeconds: undefined, pids: undefined });
  });

  it("counts memory alone where the kernel does not count swap", () => {
    expect(readUse(kernel(without(files, "memory.swap.current", "memsw.usage_in_bytes")), 7)).toMatchObject({ memory: 600, memorySwap: 600 });
  });
});

it("is not below nothing while the two files are read one after the other", () => {
  expect(readUse(kernel({ ...V2, ...cgroup("/sys/fs/cgroup/machine/libpod/container", { "memory.current": "100" }) }), 7).memory).toBe(0);
});
