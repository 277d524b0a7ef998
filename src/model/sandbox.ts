/** Nouns shared by the rooms. Sizes are bytes, CPU is in cores, paths are absolute. */

export type EngineId = "podman" | "docker";

export type AccessMode = "ro" | "rw";

/** One bind of a sandbox. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly mode: AccessMode;
  readonly purpose: string;
}

/** What a sandbox may use. `memorySwap` is memory and swap together, as the engines count it. */
export interface Limits {
  readonly memory: number;
  readonly memorySwap: number;
  readonly cpus: number;
  readonly pids: number;
}

export type LimitName = keyof Limits;

/** In the order in which they are shown. */
export const LIMIT_NAMES: readonly LimitName[] = ["memory", "memorySwap", "cpus", "pids"];

/**
 * What the kernel enforces. `Infinity` is "no limit"; `undefined` is "could not be read",
 * which is never a pass.
 */
export type ObservedLimits = { readonly [K in LimitName]: number | undefined };

/** What a probe says, and by which it is known among the processes of a sandbox. */
export const PROBE_WORD = "fortress-probe-alive";

/**
 * What a trivial command in a sandbox came to. `hung`: it did not end in time, although the engine
 * answers. `broken`: it ended, but not as it should. `unknown`: the engine does not answer, or says
 * that the sandbox does not run.
 */
export type Answer = "alive" | "hung" | "broken" | "unknown";

/** How often a sandbox hit its limits since it began; undefined is "could not be read". */
export interface ObservedPressure {
  /** Processes that the kernel killed for lack of memory. */
  readonly oomKills: number | undefined;
  /** Processes that could not be started. */
  readonly pidsHits: number | undefined;
  /** Share of the time slices in which it was made to wait, 0 to 1. */
  readonly throttled: number | undefined;
}

/** What a sandbox takes on the disk, when it was measured last; undefined is "could not be read". */
export interface ObservedDisk {
  /** Bytes that its writable directories take. */
  readonly bytes: number | undefined;
  /** Inodes of its writable directories. */
  readonly files: number | undefined;
  /** Bytes of its log; undefined also where the engine keeps no file for it. */
  readonly log: number | undefined;
  /** Why bytes and files may be more. */
  readonly unseen?: string;
}

/** How much of each is too much; absent where nothing is. */
export interface DiskMarks {
  /** Bytes. */
  readonly bytes?: number;
  readonly files?: number;
  /** Bytes. */
  readonly log?: number;
}

/** One file system in memory, as the kernel has it. */
export interface ObservedTmpfs {
  readonly target: string;
  /** Bytes; undefined when nothing bounds it but half of the machine's memory. */
  readonly size: number | undefined;
  readonly exec: boolean;
}

/** What the kernel says of a sandbox's first process. A field is undefined when it could not be read. */
export interface ObservedPosture {
  /** On the host; effective. */
  readonly uid: number | undefined;
  /** 0 none, 1 strict, 2 filter. */
  readonly seccomp: number | undefined;
  readonly noNewPrivs: boolean | undefined;
  /** True when any set, the bounding set included, holds a capability. */
  readonly capabilities: boolean | undefined;
  /** Hard limit in bytes; `Infinity` is "no limit". */
  readonly core: number | undefined;
  /** Hard limit. */
  readonly openFiles: number | undefined;
  /** Network interfaces besides loopback. */
  readonly interfaces: readonly string[] | undefined;
  /** Those that a process without privileges can write to. */
  readonly tmpfs: readonly ObservedTmpfs[] | undefined;
}

/** The label in which OpenClaw keeps the hash of the configuration that it made a container from. */
export const CONFIG_HASH = "openclaw.configHash";

/** A container as the engine describes it. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** Host pid of the container's init; 0 when it is not running. */
  readonly pid: number;
  /** False for a paused one. */
  readonly running: boolean;
  readonly paused?: true;
  /** Since when it is stopped, or was made and never started; milliseconds since the epoch. Absent while it runs. */
  readonly stoppedMs?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly binds: readonly { readonly source: string; readonly target: string; readonly mode: AccessMode }[];
  /** Names of the container-wide environment; values are dropped where they are read. */
  readonly envNames: readonly string[];
  /** Where the engine keeps this container's files on the host; absent for Docker. */
  readonly staticDir?: string;
  /** The seccomp profile that the engine was told to use: Podman shows its path, Docker its text. */
  readonly seccomp?: string;
  /** Bytes that the engine shows as the memory limit; 0 is none. Proves nothing. */
  readonly memory?: number;
  /** The network that it was created with, in the engine's words. */
  readonly network?: string;
  readonly log?: {
    readonly driver: string;
    /** As the engine writes it; absent when there is none. */
    readonly limit?: string;
    /** On the host; absent where the driver writes no file of the container's own. */
    readonly path?: string;
  };
}

/** An image of a container engine. */
export interface Image {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** As the engine writes them, such as `localhost/a:1` or `a@sha256:…`; none where another image took them over. */
  readonly names: readonly string[];
  /** Digests, the lowest first: what is made from it begins with the same ones. */
  readonly layers: readonly string[];
}

/** A mount as the kernel describes it (`/proc/<pid>/mountinfo`). */
export interface KernelMount {
  readonly target: string;
  readonly mode: AccessMode;
  readonly fsType: string;
  /** `major:minor` of the file system, and which directory of it is mounted: the same on the host and in a container. */
  readonly device: string;
  readonly root: string;
  /** Of this mount, such as `nosuid`. */
  readonly options: readonly string[];
}

/** The agent of OpenClaw's session and scope keys (`agent:<id>:…`); undefined for what belongs to none. */
export function agentOf(key: string | undefined): string | undefined {
  return /^agent:([A-Za-z0-9][\w.-]*)(?=:|$)/.exec(key ?? "")?.[1];
}
