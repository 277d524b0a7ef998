import { type BigIntStats, closeSync, constants, fstatSync, openSync, readdirSync } from "node:fs";

export type LeftReason = "link" | "special file" | "vanished" | "unreadable" | "changed its type" | "name is not text" | "its path is too long" | "too deep" | "the same directory again";

/** What is done about what lies in a tree. Paths are relative to its root, which is `""`. */
export interface Visitor {
  /** False leaves the whole directory out. */
  directory(path: string, stats: BigIntStats): boolean;
  /** Asked before anything of it is opened. */
  wants(path: string): boolean;
  /** The descriptor is closed afterwards. */
  file(path: string, fd: number, stats: BigIntStats): Promise<void>;
  left(path: string, reason: LeftReason): void;
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
const MAX_DEPTH = 100;
/** Bytes. The system takes 4,095, and what is restored lies below a path that nobody knows yet. */
const MAX_PATH = 3_072;
/** Bytes; some file systems have longer ones. */
const MAX_NAME = 255;

/**
 * Visits a tree in which somebody hostile may be at work: each name is opened in its already opened
 * directory (through `/proc/self/fd`, the only `openat` that Node has), never through a link, never
 * waiting on a FIFO, and is looked at before it is used. Rejects only with what the visitor throws.
 */
export async function walkForBackup(root: string, visitor: Visitor, signal: AbortSignal): Promise<void> {
  const fd = open(root, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
  if (typeof fd === "string") return visitor.left("", fd);
  /** A directory that is mounted at a second place, or in itself. */
  const seen = new Set<string>();

  /** Takes over the descriptor. */
  const enter = async (fd: number, path: string, depth: number): Promise<void> => {
    try {
      const stats = fstatSync(fd, { bigint: true });
      const identity = `${stats.dev}:${stats.ino}`;
      if (seen.has(identity)) return visitor.left(path, "the same directory again");
      seen.add(identity);
      if (depth > MAX_DEPTH) return visitor.left(path, "too deep");
      if (!visitor.directory(path, stats)) return;
      for (const entry of list(fd, path)) {
        signal.throwIfAborted();
        const name = entry.name.toString("utf8");
        const child = path === "" ? name : `${path}/${name}`;
        if (!Buffer.from(name, "utf8").equals(entry.name)) visitor.left(child, "name is not text");
        else if (entry.name.length > MAX_NAME || Buffer.byteLength(child) > MAX_PATH) visitor.left(child, "its path is too long");
        else await visit(fd, entry, child, depth);
      }
    } finally {
      closeSync(fd);
    }
  };

  const list = (fd: number, path: string) => {
    try {
      const entries = readdirSync(`/proc/self/fd/${fd}`, { withFileTypes: true, encoding: "buffer" }).sort((left, right) => Buffer.compare(left.name, right.name));
      // Who renames meanwhile can have a name come twice.
      return entries.filter(({ name }, index) => index === 0 || !name.equals(entries[index - 1]!.name));
    } catch (error) {
      visitor.left(path, reasonOf(error));
      return [];
    }
  };

  const visit = async (parent: number, entry: ReturnType<typeof list>[number], path: string, depth: number): Promise<void> => {
    if (entry.isSymbolicLink()) return visitor.left(path, "link");
    if (!entry.isDirectory() && !entry.isFile()) return visitor.left(path, "special file");
    if (entry.isFile() && !visitor.wants(path)) return;
    const place = Buffer.concat([Buffer.from(`/proc/self/fd/${parent}/`), entry.name]);
    const fd = open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | (entry.isDirectory() ? O_DIRECTORY : 0));
    if (typeof fd === "string") return visitor.left(path, fd);
    if (entry.isDirectory()) return enter(fd, path, depth + 1);
    try {
      const stats = fstatSync(fd, { bigint: true });
      if (stats.isFile()) await visitor.file(path, fd, stats);
      else visitor.left(path, "changed its type");
    } finally {
      closeSync(fd);
    }
  };

  await enter(fd, "", 0);
}

function open(path: string | Buffer, flags: number): number | LeftReason {
  try {
    return openSync(path, flags);
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): LeftReason {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "vanished";
  if (code === "ELOOP") return "link";
  return code === "ENOTDIR" || code === "ENXIO" ? "changed its type" : "unreadable";
}
