import type { ReadText } from "../model/ports.ts";
import type { Container, EngineId, KernelMount, LimitName, Limits, ObservedLimits, ObservedPosture } from "../model/sandbox.ts";
import type { OciConfig } from "./oci.ts";

/** What is known of one running sandbox when it is looked at from the host. */
export interface Outside {
  readonly engine: EngineId;
  readonly container: Container;
  /** The network that OpenClaw's configuration asks for; undefined where that is not known. */
  readonly network: string | undefined;
  /** Files of procfs and cgroupfs. */
  readonly read: ReadText;
  /** Targets of links in procfs. */
  readonly link: ReadText;
  /** True where the host has something at this path. */
  readonly exists: (path: string) => boolean;
  readonly posture: ObservedPosture;
  readonly limits: { readonly wanted: Limits; readonly observed: ObservedLimits; readonly holds: (name: LimitName) => boolean; /** The operator lets sandboxes run without them. */ readonly tolerated: boolean };
  /** As the kernel has them; undefined when they can't be read. */
  readonly mounts: readonly KernelMount[] | undefined;
  /** The same mounts, judged. */
  readonly judged: JudgedMounts | undefined;
  /** Every path at which the host has what is mounted there. */
  readonly hostNames: (mount: KernelMount) => readonly string[];
  /** Targets that the plan lets it write to; undefined where the plan is not known. */
  readonly writable: readonly string[] | undefined;
  /** Of what OpenClaw made it from: when its last turn was planned, and as its label says; undefined where nothing was planned, or nothing is said. */
  readonly configHash: { readonly planned: string | undefined; readonly actual: string | undefined };
  /** `hardened`: the operator asks for the hardened filter. `current`: it has the one that is planned now; undefined where that is not known. */
  readonly filter: { readonly hardened: boolean; readonly current: boolean | undefined };
  /** What the engine told the runtime to do; undefined when the file can't be read. */
  readonly oci: OciConfig | undefined;
  /** Names in the container's own environment that look as if they held a key. */
  readonly keyNames: readonly string[];
  /** Why its log is unbounded, if it is. */
  readonly log: string | undefined;
  /** Where the engine would keep the environment of an exec on disk. */
  readonly execDatabase: string | undefined;
  /** Why the secrets store is not safe, if so. */
  readonly store: string | undefined;
  /** The program that started it: its version, where that is known, and what is known against it, if anything. */
  readonly runtime: { readonly version: string | undefined; readonly against: string | undefined };
}

/** By the table of mounts: one sentence each. */
export interface JudgedMounts {
  readonly exposed: readonly string[];
  readonly violations: readonly string[];
}

/** One line of `/proc/<pid>/status`. Source: proc_pid_status(5). */
export function statusField({ read, container }: Pick<Outside, "read" | "container">, name: string): string | undefined {
  return new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(read(`/proc/${container.pid}/status`) ?? "")?.[1]?.trim();
}

/** The id of a namespace of the sandbox's first process, and whether the gateway is in the same one. */
export function namespace({ link, container }: Outside, kind: string): { readonly id: string; readonly shared: boolean } | undefined {
  const [theirs, ours] = [link(`/proc/${container.pid}/ns/${kind}`), link(`/proc/self/ns/${kind}`)];
  return theirs === undefined || ours === undefined ? undefined : { id: theirs, shared: theirs === ours };
}

/** File systems that hold nothing of the host's. */
const PRIVATE = new Set(["proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "overlay", "fuse.fuse-overlayfs", "devtmpfs"]);

/** Binds that the engine says it made. */
export function binds({ mounts, container }: Outside): KernelMount[] | undefined {
  const targets = new Set(container.binds.map(({ target }) => target));
  return mounts?.filter(({ target, fsType }) => targets.has(target) || (!PRIVATE.has(fsType) && !ENGINE_FILES.test(target)));
}

/** What the engines bind into every container, and what they make below. */
const ENGINE_FILES = /^\/(etc\/(hosts|hostname|resolv\.conf|passwd|group)|run\/(\.containerenv|podman-init|catatonit)|\.dockerenv|(usr\/)?s?bin\/docker-init|(proc|sys|dev)(\/.*)?)$/;
