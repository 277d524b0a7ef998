/** What the rooms ask of the outside world; `edge/` answers. */

/** The file system as the mount planner sees it. `real` is the canonical path, through existing ancestors. */
export interface Layout {
  inspect(path: string): { readonly kind: "directory" | "symlink" | "other" | "missing"; readonly real: string };
}

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
