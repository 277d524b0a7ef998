import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, readdirSync, readFileSync, realpathSync, type Stats } from "node:fs";
import { posix } from "node:path";
import type { Layout, NodeFacts, PathKind, StoreEdge } from "../model/ports.ts";
import { setTimeout as wait } from "node:timers/promises";

/** Larger than any sane secrets file; keeps a mistaken path from filling the gateway's memory. */
const MAX_SECRETS_BYTES = 2 ** 20;

/** The real file system for the mount planner. Only `lstat`, `realpath` and `readdir`: no file is opened. */
export const layout: Layout = {
  inspect(path) {
    return { kind: kindOf(lstat(path)), real: realpathThroughAncestors(path) };
  },
  list(path) {
    try {
      return readdirSync(path).sort();
    } catch {
      return [];
    }
  },
};

function kindOf(stats: Stats | undefined): PathKind {
  if (!stats) return "missing";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isSocket()) return "socket";
  return stats.isFile() ? "other" : "device";
}

/** An agent may put a file where a directory should be; what lies "below" it is as good as missing. */
function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The canonical path; of what does not exist yet, the canonical path of its nearest ancestor is used. */
export function realpathThroughAncestors(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = posix.dirname(path);
    return parent === path ? path : posix.join(realpathThroughAncestors(parent), posix.basename(path));
  }
}

export function createStoreEdge(uid: number): StoreEdge {
  return {
    uid,
    now: Date.now,
    wait: (ms) => wait(ms),
    pause: (ms) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
    facts: (file) => ({ directory: nodeFacts(posix.dirname(file)), file: nodeFacts(file) }),
    read: (file) => readRegularFile(file, { maxBytes: MAX_SECRETS_BYTES, followLinks: false }),
  };
}

/** The text of a file with the version that it belongs to; never waits on a FIFO. */
export function readRegularFile(path: string, { maxBytes, followLinks }: { maxBytes: number; followLinks: boolean }): { text: string; version: string } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | (followLinks ? 0 : constants.O_NOFOLLOW));
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() || stats.size > maxBytes) throw new Error(`${path} is not a regular file of at most ${maxBytes} bytes`);
    // Text that is not UTF-8 would come out with other characters in it.
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(fd)), version: versionOf(stats) };
  } finally {
    closeSync(fd);
  }
}

export function nodeFacts(path: string): NodeFacts | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "other";
  return { kind, mode: stats.mode & 0o7777, uid: stats.uid, version: versionOf(stats), inode: `${stats.dev}:${stats.ino}`, changedMs: Math.max(stats.mtimeMs, stats.ctimeMs) };
}

/** Changes whenever the content or the metadata of a file do. */
export function versionOf(stats: Stats): string {
  return [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(":");
}

export function exists(path: string): boolean {
  return existsSync(path);
}
