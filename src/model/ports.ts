import type { EngineId } from "./sandbox.ts";

/** What the rooms ask of the outside world; `edge/` answers. */

/** The file system as the mount planner sees it. `real` is the canonical path, through existing ancestors. */
export interface Layout {
  inspect(path: string): { readonly kind: PathKind; readonly real: string };
  /** Names in a directory, sorted; none where it can't be read. */
  list(path: string): readonly string[];
}

/** `device`: a device node or a pipe; `other`: a regular file. */
export type PathKind = "directory" | "symlink" | "socket" | "device" | "other" | "missing";

/** Reads a small text file of the kernel; undefined when it is not there or can't be read. */
export type ReadText = (path: string) => string | undefined;

export interface Machine {
  readonly cpus: number;
  /** Bytes of physical memory. */
  readonly memory: number;
}

/** What `lstat` says of the secrets file and of its directory; undefined where nothing is there. */
export interface StoreFacts {
  readonly directory: NodeFacts | undefined;
  readonly file: NodeFacts | undefined;
}

export interface NodeFacts {
  readonly kind: "file" | "directory" | "other";
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  /** Changes whenever the content or the metadata do. */
  readonly version: string;
  readonly inode: string;
  /** When content or metadata changed last; milliseconds since the epoch. */
  readonly changedMs: number;
}

/** The folders that fortress makes for others to mount. */
export interface Folders {
  /** Makes a folder that every user may enter, with the folders above it. */
  make(path: string): void;
  /** Puts a file that every user may read in place of another, at once: never half of it is seen. */
  replace(path: string, text: string): void;
  /** Changes whenever the content or the metadata of a file do; undefined when there is none. */
  version(path: string): string | undefined;
  /** The text with the version that it belongs to. Follows links; never waits on a FIFO. */
  read(path: string): { readonly text: string; readonly version: string };
}

export interface StoreEdge {
  facts(file: string): StoreFacts;
  /** Reads the file without following a link or waiting on a FIFO; its version belongs to the text. */
  read(file: string): { readonly text: string; readonly version: string };
  readonly uid: number;
  /** Milliseconds since the epoch. */
  now(): number;
  wait(ms: number): Promise<void>;
  /** Blocks the whole process. */
  pause(ms: number): void;
}

export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
}

/** What the posture of a sandbox needs of the outside. */
export interface PostureEdge {
  readonly gatewayUid: number;
  /** The gateway's hard limit of open files. */
  readonly openFiles: number;
  ownerOf(path: string): Ownership | undefined;
  /** Gives what root owns in a tree to somebody else; rejects nothing but a tree that can't be opened. */
  handOver(path: string, owner: { readonly uid: number; readonly gid: number }): void;
  /** Makes sure that a seccomp profile with this text is on disk; returns its path, the same for the same text. */
  writeProfile(text: string): string;
  readText: ReadText;
  /**
   * How the program that starts containers calls itself; undefined when nobody says.
   *
   * @param program its path; without one the engine is asked for its own, which takes Podman a second
   */
  runtimeVersion(engine: EngineId, program: string | undefined): Promise<string | undefined>;
}

/** What the isolation suite needs of the outside. */
export interface IsolationEdge {
  /** Targets of links in procfs. */
  readonly link: ReadText;
  /** Of what a path leads to; undefined when nothing is there. */
  inode(path: string): number | undefined;
  /**
   * Runs a script in a sandbox the way OpenClaw runs an agent's commands: by the engine's exec, as the
   * sandbox's own user. Rejects when it could not be run to its end.
   *
   * @param container a full id
   */
  run(engine: EngineId, container: string, script: string): Promise<string>;
}
