import type { ReadText } from "../model/ports.ts";
import { readProcessStat } from "../model/process-stat.ts";
import type { ObservedLimits } from "../model/sandbox.ts";

export const ROOT = "/sys/fs/cgroup";

/**
 * The limits that the kernel enforces on a process, from its cgroup and every cgroup above it:
 * the smallest one on the way up is the one that counts. Podman with crun puts the process one
 * level below the cgroup that carries the limits, so the leaf alone would say "unlimited".
 * Understands cgroup v1, v2 and the hybrid of both. Source: cgroups(7).
 *
 * @param pid host pid of the container's init process
 */
export function readLimits(read: ReadText, pid: number): ObservedLimits {
  const paths = cgroupPaths(read(`/proc/${pid}/cgroup`));
  const swapFree = noSwap(read);
  if (paths.unified !== undefined && read(`${ROOT}/cgroup.controllers`) !== undefined) {
    const up = (file: string, parse: (text: string) => number | undefined): number | undefined =>
      smallestUpwards(read, ROOT, paths.unified!, file, parse);
    const memory = up("memory.max", parseCount);
    const swap = up("memory.swap.max", parseCount);
    return {
      memory,
      memorySwap: addSwap(memory, swap, swapFree),
      cpus: up("cpu.max", parseCpuMax),
      pids: up("pids.max", parseCount),
    };
  }
  const up = (controller: string, parse: (text: string, directory: string) => number | undefined, file: string): number | undefined => {
    const path = paths.controllers.get(controller);
    return path === undefined ? undefined : smallestUpwards(read, `${ROOT}/${controller}`, path, file, parse);
  };
  const memory = up("memory", parseV1Memory, "memory.limit_in_bytes");
  return {
    memory,
    memorySwap: up("memory", parseV1Memory, "memory.memsw.limit_in_bytes") ?? addSwap(memory, undefined, swapFree),
    cpus: up("cpu", (quota, directory) => parseQuota(quota, read(`${directory}/cpu.cfs_period_us`)), "cpu.cfs_quota_us"),
    pids: up("pids", parseCount, "pids.max"),
  };
}

/**
 * How many processes and threads share the cgroup of a process; only its processes where nobody
 * counts threads. Undefined when it can't be read.
 */
export function readTaskCount(read: ReadText, pid: number): number | undefined {
  const text = readCgroup(read, pid, "pids.current");
  return text === undefined ? readProcesses(read, pid)?.length : parseCount(text.trim());
}

/** How many processes in the cgroup of a process have this text in their command line. */
export function countProcesses(read: ReadText, pid: number, text: string): number {
  return (readProcesses(read, pid) ?? []).filter((each) => read(`/proc/${each}/cmdline`)?.includes(text)).length;
}

/**
 * How many processes that ended were not collected, of those that the processes in the cgroup of a
 * process started by their main threads. They count towards its limit of processes, but the kernel
 * lists them in no cgroup. Source: proc_pid_task_children(5).
 */
export function countZombies(read: ReadText, pid: number): number {
  const children = (readProcesses(read, pid) ?? []).flatMap((each) => read(`/proc/${each}/task/${each}/children`)?.split(" ").filter(Boolean) ?? []);
  return children.filter((each) => readProcessStat(read(`/proc/${each}/stat`) ?? "").state === "Z").length;
}

function readProcesses(read: ReadText, pid: number): string[] | undefined {
  return readCgroup(read, pid, "cgroup.procs")?.split("\n").filter(Boolean);
}

function readCgroup(read: ReadText, pid: number, file: string): string | undefined {
  const { unified, controllers } = cgroupPaths(read(`/proc/${pid}/cgroup`));
  const v1 = controllers.get("pids");
  if (v1 !== undefined) return read(`${ROOT}/pids${v1}/${file}`);
  return unified === undefined ? undefined : read(`${ROOT}${unified}/${file}`);
}

/** The cgroups of a process by the text of its `/proc/<pid>/cgroup`. */
export function cgroupPaths(text: string | undefined): { unified: string | undefined; controllers: Map<string, string> } {
  const controllers = new Map<string, string>();
  let unified: string | undefined;
  for (const line of text?.split("\n") ?? []) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
    // "/../.." is a cgroup outside this process's own cgroup namespace: not readable from here.
    if (!match || match[2]!.startsWith("/..")) continue;
    if (match[1] === "") unified = match[2]!;
    for (const name of match[1]!.split(",")) if (name) controllers.set(name, match[2]!);
  }
  return { unified, controllers };
}

function smallestUpwards(
  read: ReadText,
  root: string,
  path: string,
  file: string,
  parse: (text: string, directory: string) => number | undefined,
): number | undefined {
  const names = path.split("/").filter(Boolean);
  let smallest: number | undefined;
  for (let depth = names.length; depth >= 0; depth -= 1) {
    const directory = [root, ...names.slice(0, depth)].join("/");
    const text = read(`${directory}/${file}`);
    if (text === undefined) {
      // A path of another cgroup namespace: what is read above it would be the limits of somebody else.
      if (depth === names.length && read(`${directory}/cgroup.procs`) === undefined) return undefined;
      // The root cgroup has no limit files; below it a missing file means that the controller is off.
      continue;
    }
    const value = parse(text.trim(), directory);
    if (value === undefined) return undefined;
    if (smallest === undefined || value < smallest) smallest = value;
  }
  return smallest;
}

function parseCount(text: string): number | undefined {
  if (text === "max") return Infinity;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** cgroup v1 has no word for "unlimited": it shows the largest multiple of the page size. */
function parseV1Memory(text: string): number | undefined {
  const bytes = parseCount(text);
  return bytes !== undefined && bytes >= 2 ** 62 ? Infinity : bytes;
}

function parseCpuMax(text: string): number | undefined {
  const [quota = "", period] = text.split(" ");
  return quota === "max" ? Infinity : parseQuota(quota, period);
}

function parseQuota(quota: string, period: string | undefined): number | undefined {
  if (quota === "-1") return Infinity;
  const cores = Number(quota) / Number(period);
  return Number.isFinite(cores) && cores > 0 ? cores : undefined;
}

/** v2 limits swap apart from memory; where there is no swap at all, memory is the whole limit. */
function addSwap(memory: number | undefined, swap: number | undefined, swapFree: boolean): number | undefined {
  if (memory === undefined) return undefined;
  if (swap !== undefined) return memory + swap;
  return swapFree ? memory : undefined;
}

function noSwap(read: ReadText): boolean {
  return /^SwapTotal:\s+0 kB$/m.test(read("/proc/meminfo") ?? "");
}
