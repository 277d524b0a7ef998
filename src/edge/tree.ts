import { closeSync, constants, fstatSync, openSync, opendirSync, readSync, type Dir, type Dirent, type Stats } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Why something in a tree was not read, or not to its end. */
export type SkipReason = "link" | "special file" | "vanished" | "other file system" | "unreadable" | "changed its type" | "sparse" | "too deep" | "out of entries" | "out of bytes" | "out of time";

/** What one search may cost; shared by all its trees, and used up by them. */
export interface Budget {
  entries: number;
  bytes: number;
  /** Of a file with holes, which costs its maker nothing; others are limited by what they take on the disk. */
  readonly sparseBytes: number;
  readonly depth: number;
  /** Milliseconds of {@link TreeWatcher.now}. */
  readonly deadline: number;
}

export interface TreeWatcher {
  now(): number;
  /** Called for each name; the sink gets the file's bytes. */
  file(path: string, name: Uint8Array): { push(chunk: Uint8Array): void; end(): void };
  directory(path: string, name: Uint8Array): void;
  skipped(path: string, reason: SkipReason): void;
}

export interface TreeOptions {
  /** Leaves out what is mounted below the root. */
  readonly oneFileSystem: boolean;
}

export type WalkTree = (root: string, budget: Budget, watcher: TreeWatcher, options: TreeOptions) => Promise<void>;

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
const CHUNK = 256 * 1024;
/** Work between two turns of the event loop, so that progress and signals get through. */
const TURN_MS = 25;

interface Frame {
  readonly fd: number;
  readonly path: string;
  readonly subdirectories: Buffer[];
}

/**
 * Reads every regular file below a root that may be hostile and may change meanwhile. Nothing is
 * reached through a link: each name is opened in its already opened directory (through
 * `/proc/self/fd`, the only `openat` that Node has), without following or waiting, and looked at
 * before it is read.
 *
 * @param seen device and inode of what was read; shared, so that trees in trees are read once
 */
export function createTreeWalker(seen = new Set<string>()): WalkTree {
  return async (root, budget, watcher, options) => {
    const buffer = Buffer.allocUnsafe(CHUNK);
    let turnStarted = watcher.now();
    const breathe = async (): Promise<void> => {
      if (watcher.now() - turnStarted < TURN_MS) return;
      await nextTurn();
      turnStarted = watcher.now();
    };
    const first = open(root, O_RDONLY | O_NONBLOCK);
    if (typeof first === "string") return watcher.skipped(root, first);
    const device = fstatSync(first).dev;

    const read = async (fd: number, path: string, name: Uint8Array, stats: Stats): Promise<void> => {
      const sink = watcher.file(path, name);
      if (!(stats.nlink > 1 && !firstTime(stats))) {
        const sparse = stats.blocks * 512 < stats.size;
        let left = Math.min(sparse ? budget.sparseBytes : Infinity, budget.bytes);
        for (;;) {
          const length = readSync(fd, buffer, 0, Math.min(CHUNK, left), null);
          if (length === 0) break;
          sink.push(buffer.subarray(0, length));
          left -= length;
          budget.bytes -= length;
          if (watcher.now() > budget.deadline) {
            watcher.skipped(path, "out of time");
            break;
          }
          await breathe();
        }
        if (sparse && left === 0 && stats.size > budget.sparseBytes) watcher.skipped(path, "sparse");
        else if (budget.bytes === 0) watcher.skipped(path, "out of bytes");
      }
      sink.end();
    };
    const firstTime = (stats: Stats): boolean => {
      const key = `${stats.dev}:${stats.ino}`;
      return !seen.has(key) && seen.add(key) !== undefined;
    };
    /** Takes over the descriptor; a directory that is to be walked comes back as a frame. */
    const enter = async (fd: number, path: string, name: Uint8Array, wanted: "file" | "directory" | undefined): Promise<Frame | undefined> => {
      let kept = false;
      try {
        const stats = fstatSync(fd);
        const kind = stats.isFile() ? "file" : stats.isDirectory() ? "directory" : undefined;
        if (kind === undefined || (wanted !== undefined && kind !== wanted)) watcher.skipped(path, "changed its type");
        else if (options.oneFileSystem && stats.dev !== device) watcher.skipped(path, "other file system");
        else if (kind === "file") await read(fd, path, name, stats);
        else {
          watcher.directory(path, name);
          kept = firstTime(stats);
        }
        return kept ? { fd, path, subdirectories: [] } : undefined;
      } catch (error) {
        watcher.skipped(path, reasonOf(error));
        return undefined;
      } finally {
        if (!kept) closeSync(fd);
      }
    };
    /** Reads the files of a directory and notes its subdirectories. False when the budget is used up. */
    const list = async (frame: Frame): Promise<boolean> => {
      let directory: Dir;
      try {
        directory = opendirSync(`/proc/self/fd/${frame.fd}`, { encoding: "buffer" as BufferEncoding, bufferSize: 512 });
      } catch (error) {
        watcher.skipped(frame.path, reasonOf(error));
        return true;
      }
      try {
        for (let entry = directory.readSync(); entry !== null; entry = directory.readSync()) {
          const exhausted = spent(budget, watcher);
          if (exhausted !== undefined) {
            watcher.skipped(frame.path, exhausted);
            return false;
          }
          budget.entries -= 1;
          await visit(frame, entry);
          await breathe();
        }
      } catch (error) {
        watcher.skipped(frame.path, reasonOf(error));
      } finally {
        directory.closeSync();
      }
      return true;
    };
    const visit = async (frame: Frame, entry: Dirent): Promise<void> => {
      const name = entry.name as unknown as Buffer;
      const path = join(frame.path, name);
      if (entry.isDirectory()) return void frame.subdirectories.push(name);
      if (entry.isSymbolicLink()) return watcher.skipped(path, "link");
      if (!entry.isFile()) return watcher.skipped(path, "special file");
      const fd = open(below(frame.fd, name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      if (typeof fd === "string") watcher.skipped(path, fd);
      else await enter(fd, path, name, "file");
    };

    const stack: Frame[] = [];
    try {
      const top = await enter(first, root, Buffer.from(root), undefined);
      if (top !== undefined) stack.push(top);
      let more = top === undefined || (await list(top));
      while (stack.length > 0) {
        const frame = stack.at(-1)!;
        const name = frame.subdirectories.pop();
        if (name === undefined || !more) {
          closeSync(stack.pop()!.fd);
          continue;
        }
        const path = join(frame.path, name);
        if (stack.length >= budget.depth) {
          watcher.skipped(path, "too deep");
          continue;
        }
        const fd = open(below(frame.fd, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
        if (typeof fd === "string") watcher.skipped(path, fd);
        else {
          const child = await enter(fd, path, name, "directory");
          if (child !== undefined) {
            stack.push(child);
            more = await list(child);
          }
        }
      }
    } finally {
      for (const { fd } of stack) closeSync(fd);
    }
  };
}

function spent(budget: Budget, watcher: TreeWatcher): SkipReason | undefined {
  if (budget.entries <= 0) return "out of entries";
  if (budget.bytes <= 0) return "out of bytes";
  return watcher.now() > budget.deadline ? "out of time" : undefined;
}

function open(path: string | Buffer, flags: number): number | SkipReason {
  try {
    return openSync(path, flags);
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): SkipReason {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "vanished";
  if (code === "ELOOP") return "link";
  return code === "ENOTDIR" || code === "ENXIO" ? "changed its type" : "unreadable";
}

function below(fd: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${fd}/`), name]);
}

function join(path: string, name: Buffer): string {
  return `${path === "/" ? "" : path}/${name.toString("utf8")}`;
}
