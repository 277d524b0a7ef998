import { constants, type Dir, type Stats } from "node:fs";
import { type FileHandle, lstat, open, opendir } from "node:fs/promises";

/** What some directories take on the disk. */
export interface TreeUse {
  /** What is allocated, so that a sparse file counts as what it takes. */
  readonly bytes: number;
  /** Inodes: directories and special files, too. */
  readonly files: number;
  /** Why it may be more; absent where everything was counted. */
  readonly unseen?: string;
}

export interface TreeBudget {
  /** Counting ends beyond so many. */
  readonly files: number;
  /** Milliseconds. */
  readonly time: number;
  /** Paths of the host on which something is mounted: neither entered nor counted. */
  readonly mountPoints: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * Counts what lies below some canonical paths, a file with several names once, and a root in another
 * root once. Never rejects.
 */
export type MeasureTrees = (roots: readonly string[], budget: TreeBudget) => Promise<TreeUse>;

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
/** Each level holds two descriptors. */
const MOST_LEVELS = 256;
/** Beyond, a file with several names counts for each: rather too much than without a bound in memory. */
const MOST_LINKED = 100_000;
/** Names that the kernel hands out at once, and what one level keeps in memory. */
const NAMES_AT_ONCE = 64;

interface Level {
  readonly handle: FileHandle;
  readonly directory: Dir;
  readonly path: string;
}

/**
 * For trees that may be hostile and change meanwhile. Regular files are never opened (closing one
 * would drop SQLite's locks on it, and a FIFO would wait), links never followed: each name is looked
 * at in its already opened directory. One call at a time, so that a disk that does not answer holds
 * one thread of libuv's four and not the event loop.
 */
export const measureTrees: MeasureTrees = async (roots, budget) => {
  const until = performance.now() + budget.time;
  const linked = new Set<string>();
  const counted = new Set<string>();
  let bytes = 0;
  let files = 0;
  let unseen: string | undefined;
  const ended = (): boolean => {
    if (files > budget.files) unseen = `only ${budget.files} files are counted`;
    else if (performance.now() > until) unseen = `it takes longer than ${budget.time / 1_000} s`;
    else return budget.signal.aborted;
    return true;
  };
  const count = (stats: Stats): void => {
    if (stats.nlink > 1 && !stats.isDirectory() && linked.size < MOST_LINKED) {
      if (linked.has(keyOf(stats))) return;
      linked.add(keyOf(stats));
    }
    bytes += stats.blocks * 512;
    files += 1;
  };
  const missed = (error: unknown): undefined => {
    const { code = "" } = error as NodeJS.ErrnoException;
    // What is gone, or is something else now, takes nothing.
    if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(code)) unseen ??= `something in it can't be read (${code})`;
  };

  const walk = async (root: string, roots: ReadonlySet<string>): Promise<void> => {
    const levels: Level[] = [];
    let device: number | undefined;
    const enter = async (name: string | Buffer, path: string): Promise<void> => {
      const handle = await open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK);
      try {
        const stats = await handle.stat();
        device ??= stats.dev;
        const key = keyOf(stats);
        if (stats.dev !== device || (levels.length > 0 && budget.mountPoints.has(path)) || counted.has(key)) return void (await handle.close());
        if (roots.has(key)) counted.add(key);
        count(stats);
        levels.push({ handle, path, directory: await opendir(`/proc/self/fd/${handle.fd}`, { encoding: "buffer" as BufferEncoding, bufferSize: NAMES_AT_ONCE }) });
      } catch (error) {
        await handle.close();
        throw error;
      }
    };
    const visit = async ({ handle, path }: Level, name: Buffer): Promise<void> => {
      const inside = Buffer.concat([Buffer.from(`/proc/self/fd/${handle.fd}/`), name]);
      const stats = await lstat(inside);
      if (!stats.isDirectory()) count(stats);
      else if (levels.length < MOST_LEVELS) await enter(inside, `${path}/${name.toString()}`);
      else unseen ??= `it is deeper than ${MOST_LEVELS} levels`;
    };
    try {
      const stats = await lstat(root);
      if (!stats.isDirectory()) return count(stats);
      await enter(root, root);
      for (let level = levels.at(-1); level !== undefined && !ended(); level = levels.at(-1)) {
        const entry = await level.directory.read();
        if (entry === null) await leave(levels.pop()!);
        else await visit(level, entry.name as unknown as Buffer).catch(missed);
      }
    } catch (error) {
      missed(error);
    } finally {
      for (const level of levels) await leave(level);
    }
  };

  const keys = new Set((await Promise.all(roots.map((root) => lstat(root).then(keyOf, () => [])))).flat());
  // A directory before what lies in it.
  for (const root of [...roots].sort()) if (!ended()) await walk(root, keys);
  return { bytes, files, ...(unseen === undefined ? {} : { unseen }) };
};

/** Bytes that one file takes; undefined where there is none that can be seen. */
export async function measureFile(path: string): Promise<number | undefined> {
  return lstat(path).then((stats) => (stats.isFile() ? stats.blocks * 512 : undefined), () => undefined);
}

async function leave({ handle, directory }: Level): Promise<void> {
  await directory.close();
  await handle.close();
}

function keyOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}
