import { isWithin, overlaps } from "../model/paths.ts";
import type { BindSpec } from "./paths.ts";

/** Where a container keeps its programs, its accounts and what the engine mounts itself. */
const SYSTEM = [
  "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/boot", "/dev", "/etc", "/proc", "/run", "/sys", "/var/run",
  "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib",
];
/** Temporary file systems of limited size: what is mounted over one is not limited. */
const SCRATCH = ["/tmp", "/var/tmp"];

export interface TargetFacts {
  /** Where OpenClaw mounts the workspace: the working directory and `/agent`. */
  readonly reserved: readonly string[];
  /** The operator's own `dangerouslyAllowReservedContainerTargets`. */
  readonly reservedAllowed: boolean;
  /** Where fortress mounts something itself: the state directory and further views of the workspace. */
  readonly own: readonly string[];
  /** Every place of the sandbox that is writable. */
  readonly writable: readonly string[];
}

/** Why a bind must not be mounted where it wants to be; one sentence part each. */
export function judgeTarget({ target, mode }: BindSpec, { reserved, reservedAllowed, own, writable }: TargetFacts): string[] {
  const because: string[] = [];
  const system = SYSTEM.find((path) => overlaps(path, target));
  if (system !== undefined) because.push(`its target ${target} would replace a part of the sandbox's system (${system})`);
  else if (SCRATCH.some((path) => isWithin(target, path))) because.push(`its target ${target} would replace a temporary file system of limited size`);
  const ours = own.find((path) => overlaps(path, target));
  if (ours !== undefined) because.push(`its target ${target} would cover what fortress mounts at ${ours}`);
  const taken = reserved.find((path) => overlaps(path, target));
  if (taken !== undefined && (!reservedAllowed || isWithin(target, taken))) because.push(`its target ${target} belongs to OpenClaw's own mount of ${taken}`);
  else if (mode === "ro") {
    // A mountpoint itself cannot be renamed; the directories between it and the writable mount can.
    const parent = writable.find((path) => path !== target && isWithin(path, target) && target.slice(path.length + 1).includes("/"));
    if (parent !== undefined) because.push(`it would not stay read-only: renaming the directory above ${target} in ${parent} defeats it`);
  }
  return because;
}
