import type { ReadText } from "../model/ports.ts";
import { cgroupPaths, ROOT } from "./cgroup.ts";

/** What a sandbox uses at this moment; undefined is "could not be read". */
export interface ObservedUse {
  /** Bytes, without file cache that the kernel would drop at once. */
  readonly memory: number | undefined;
  /** Bytes of memory and swap together, counted alike. */
  readonly memorySwap: number | undefined;
  /** Seconds of CPU since the sandbox began: two looks make a rate. */
  readonly cpuSeconds: number | undefined;
  readonly pids: number | undefined;
}

/**
 * What the cgroup of a process uses. Understands cgroup v1 and v2. Source: the kernel's
 * admin-guide/cgroup-v2 and cgroup-v1/memory.
 *
 * @param pid host pid of the container's init process
 */
export function readUse(read: ReadText, pid: number): ObservedUse {
  const { unified, controllers } = cgroupPaths(read(`/proc/${pid}/cgroup`));
  if (unified !== undefined && read(`${ROOT}/cgroup.controllers`) !== undefined) {
    const file = (name: string): string | undefined => read(`${ROOT}${unified}/${name}`);
    const memory = withoutCache(count(file("memory.current")), file("memory.stat"), "inactive_file");
    const swap = count(file("memory.swap.current"));
    const microseconds = field(file("cpu.stat"), "usage_usec");
    return { memory, memorySwap: memory === undefined ? undefined : memory + (swap ?? 0), cpuSeconds: scaled(microseconds, 1e-6), pids: count(file("pids.current")) };
  }
  const file = (controller: string, name: string): string | undefined => {
    const path = controllers.get(controller);
    return path === undefined ? undefined : read(`${ROOT}/${controller}${path}/${name}`);
  };
  const stat = file("memory", "memory.stat");
  const memory = withoutCache(count(file("memory", "memory.usage_in_bytes")), stat, "total_inactive_file");
  return {
    memory,
    memorySwap: withoutCache(count(file("memory", "memory.memsw.usage_in_bytes")), stat, "total_inactive_file") ?? memory,
    cpuSeconds: scaled(count(file("cpuacct", "cpuacct.usage")), 1e-9),
    pids: count(file("pids", "pids.current")),
  };
}

function count(text: string | undefined): number | undefined {
  const digits = text?.trim() ?? "";
  return /^\d+$/.test(digits) ? Number(digits) : undefined;
}

function field(text: string | undefined, name: string): number | undefined {
  return count(new RegExp(`^${name} (\\d+)$`, "m").exec(text ?? "")?.[1]);
}

function withoutCache(used: number | undefined, stat: string | undefined, cache: string): number | undefined {
  return used === undefined ? undefined : Math.max(0, used - (field(stat, cache) ?? 0));
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}
