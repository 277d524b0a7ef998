import type { ReadText } from "../model/ports.ts";
import type { ObservedPressure } from "../model/sandbox.ts";
import { cgroupPaths, ROOT } from "./cgroup.ts";

/** The cgroup of one container; Podman with crun puts the processes one level below it. */
const CONTAINERS_OWN = /[0-9a-f]{64}/;

/**
 * How often a sandbox hit its limits since it began, from its cgroup. Understands cgroup v1 and v2.
 * Source: the kernel's admin-guide/cgroup-v2, cgroup-v1/memory and cgroup-v1/pids.
 *
 * @param pid host pid of the container's init process
 */
export function readPressure(read: ReadText, pid: number): ObservedPressure {
  const { unified, controllers } = cgroupPaths(read(`/proc/${pid}/cgroup`));
  const v2 = unified !== undefined && read(`${ROOT}/cgroup.controllers`) !== undefined;
  const most = (controller: string, file: string, field: string): number | undefined => {
    const path = v2 ? unified : controllers.get(controller);
    if (path === undefined) return undefined;
    const root = v2 ? ROOT : `${ROOT}/${controller}`;
    const found = ownCgroups(path).flatMap((each) => fieldOf(read(`${root}${each}/${file}`), field) ?? []);
    return found.length === 0 ? undefined : Math.max(...found);
  };
  const periods = most("cpu", "cpu.stat", "nr_periods");
  const throttled = most("cpu", "cpu.stat", "nr_throttled");
  return {
    oomKills: most("memory", v2 ? "memory.events" : "memory.oom_control", "oom_kill"),
    pidsHits: most("pids", "pids.events", "max"),
    throttled: periods === undefined || throttled === undefined ? undefined : periods === 0 ? 0 : throttled / periods,
  };
}

/** A limit counts its hits where it is set: at the leaf, or at the container's cgroup above it. */
function ownCgroups(leaf: string): string[] {
  const above = leaf.slice(0, leaf.lastIndexOf("/"));
  return CONTAINERS_OWN.test(above) ? [leaf, above] : [leaf];
}

function fieldOf(text: string | undefined, name: string): number | undefined {
  const digits = new RegExp(`^${name} (\\d+)$`, "m").exec(text ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
