import type { Layout } from "../model/ports.ts";
import type { AccessMode, Container, KernelMount } from "../model/sandbox.ts";
import { exposure, reachOf, type Places } from "./reach.ts";

export interface ObservedMounts {
  readonly mounts: readonly { readonly target: string; readonly mode: AccessMode }[];
  /** What should not be: one sentence each. */
  readonly violations: readonly string[];
}

/** File systems that hold nothing of the host's. */
const PRIVATE_FS = new Set(["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "overlay", "fuse.fuse-overlayfs"]);
/** Files that the engines themselves bind into every container. */
const ENGINE_TARGETS = /^\/(etc\/(hosts|hostname|resolv\.conf|passwd|group)|run\/(\.containerenv|podman-init|catatonit)|\.dockerenv|(usr\/)?s?bin\/docker-init|(proc|sys|dev)(\/.*)?)$/;

/**
 * The mounts that a running sandbox really has: presence and mode from the kernel, sources from the
 * engine, judged by the table.
 */
export function observeMounts(container: Container, kernel: readonly KernelMount[], layout: Layout, places: Places): ObservedMounts {
  const mounts: { target: string; mode: AccessMode }[] = [];
  const violations: string[] = [];
  const declared = new Map(container.binds.map((bind) => [bind.target, bind]));
  for (const { target, mode, fsType } of kernel) {
    const bind = declared.get(target);
    if (!bind) {
      if (!PRIVATE_FS.has(fsType) && !ENGINE_TARGETS.test(target)) violations.push(`${target} is mounted (${fsType}, ${mode}) although the engine does not say so`);
      continue;
    }
    declared.delete(target);
    mounts.push({ target, mode });
    if (mode === "rw" && bind.mode === "ro") violations.push(`${target} is writable although the engine says that it is not`);
    const because = exposure(reachOf(layout.inspect(bind.source).real, places), mode);
    if (because) violations.push(`${target} (${bind.source}, ${mode}): ${because}`);
  }
  for (const { target } of declared.values()) violations.push(`${target} is not mounted although the engine says so`);
  return { mounts, violations };
}
