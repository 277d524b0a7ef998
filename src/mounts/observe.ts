import { posix } from "node:path";
import type { Layout } from "../model/ports.ts";
import type { AccessMode, Container, KernelMount } from "../model/sandbox.ts";
import { forbiddenIn } from "./classify.ts";
import { type HiddenEntry, hiddenEntries } from "./hidden.ts";
import { hostNames } from "./names.ts";
import { exposure, type Places, type Reach, reachOf } from "./reach.ts";

export interface ObservedMounts {
  readonly mounts: readonly { readonly target: string; readonly mode: AccessMode }[];
  /** What should not be: one sentence each. `exposed` is the part that gives something away. */
  readonly violations: readonly string[];
  readonly exposed: readonly string[];
  /** What lies in the state directory and is in none of the mounts. */
  readonly hidden: readonly HiddenEntry[];
  /** Targets of writable binds on which setuid programs or device nodes would work. */
  readonly unguarded: readonly string[];
}

export interface HostView {
  readonly layout: Layout;
  readonly places: Places;
  /** The mounts of the gateway itself. */
  readonly host: readonly KernelMount[];
}

/** File systems that hold nothing of the host's. */
const PRIVATE_FS = new Set(["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "overlay", "fuse.fuse-overlayfs"]);
/** Files that the engines themselves bind into every container. */
const ENGINE_TARGETS = /^\/(etc\/(hosts|hostname|resolv\.conf|passwd|group)|run\/(\.containerenv|podman-init|catatonit)|\.dockerenv|(usr\/)?s?bin\/docker-init|(proc|sys|dev)(\/.*)?)$/;

/**
 * The mounts that a running sandbox really has: presence, mode and source from the kernel, judged by
 * the table. The engine only says which of them it was told to make.
 */
export function observeMounts(container: Container, kernel: readonly KernelMount[], view: HostView): ObservedMounts {
  const mounts: { target: string; mode: AccessMode }[] = [];
  const violations: string[] = [];
  const exposed: string[] = [];
  const unguarded: string[] = [];
  const sources: string[] = [];
  const declared = new Map(container.binds.map((bind) => [bind.target, bind]));
  const targets = new Set(kernel.map(({ target }) => target));
  for (const mount of kernel) {
    const { target, mode, fsType } = mount;
    const bind = declared.get(target);
    if (!bind) {
      if (!PRIVATE_FS.has(fsType) && !ENGINE_TARGETS.test(target)) violations.push(`${target} is mounted (${fsType}, ${mode}) although the engine does not say so`);
      continue;
    }
    declared.delete(target);
    mounts.push({ target, mode });
    if (mode === "rw" && bind.mode === "ro") violations.push(`${target} is writable although the engine says that it is not`);
    if (mode === "rw" && !["nosuid", "nodev"].every((option) => mount.options.includes(option))) unguarded.push(target);
    if (mount.root.endsWith("//deleted")) {
      violations.push(`${target} shows what was removed from the host`);
      continue;
    }
    const names = hostNames(mount, view.host);
    const places = names.length > 0 ? names : [view.layout.inspect(bind.source).real];
    sources.push(...places);
    const because = places.map((name) => exposedBy(name, target, mode, targets, view)).find((found) => found !== undefined);
    if (because !== undefined) exposed.push(`${target} (${names[0] ?? bind.source}, ${mode}): ${because}`);
  }
  for (const { target } of declared.values()) violations.push(`${target} is not mounted although the engine says so`);
  return { mounts, violations: [...violations, ...exposed], exposed, unguarded, hidden: hiddenEntries(sources, view.layout, view.places) };
}

function exposedBy(name: string, target: string, mode: AccessMode, targets: ReadonlySet<string>, { layout, places }: HostView): string | undefined {
  const reach = reachOf(name, places);
  return isCovered(reach, target, mode, targets, layout, places) ? undefined : exposure(reach, mode);
}

/** True when everything that a read-only entry must not show is mounted over. */
function isCovered(reach: Reach, target: string, mode: AccessMode, targets: ReadonlySet<string>, layout: Layout, { stateDir }: Places): boolean {
  if (reach.kind !== "state-entry" || reach.found?.relation !== "above" || reach.found.holder?.access !== "ro" || mode !== "ro") return false;
  return forbiddenIn(reach.relative).every(({ path }) => layout.inspect(posix.join(stateDir, path)).kind === "missing" || targets.has(posix.join(target, path.slice(reach.relative.length + 1))));
}
