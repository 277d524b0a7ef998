import { lstat } from "node:fs/promises";
import type { RunProcess } from "./process.ts";

/** What some directories take on the disk; undefined is "could not be measured". */
export interface TreeUse {
  /** What is allocated, so that a sparse file counts as what it takes. */
  readonly bytes: number | undefined;
  /** Inodes: directories and special files, too. */
  readonly files: number | undefined;
  /** Why it may be more; absent where everything was counted. */
  readonly unseen?: string;
}

/**
 * Counts what lies below some canonical paths on the file systems that they are on, a file with several
 * names once, and a path in another one once. Never rejects; ends early by the signal.
 */
export type MeasureTrees = (roots: readonly string[], signal: AbortSignal) => Promise<TreeUse>;

const DEADLINE_MS = 150_000;
/** A tree can be shaped so that walking it takes memory. */
const MOST_MEMORY = 512 * 2 ** 20;
const MOST_TEXT = 200;
/** What is gone takes nothing. At the end of the line, because names in it are the sandbox's. */
const VANISHED = /: No such file or directory$/;

/**
 * By `du`, which opens no file and follows no link: in a process of its own, because a hundred
 * thousand files cost this one some seconds, and a disk that does not answer would stop it.
 */
export function createMeasureTrees(run: RunProcess): MeasureTrees {
  const total = async (unit: string, roots: readonly string[], signal: AbortSignal): Promise<{ readonly value: number | undefined; readonly unseen?: string }> => {
    const args = [`--as=${MOST_MEMORY}`, "--", "env", "LC_ALL=C", "nice", "-n", "19", "du", "-s", "-c", "-x", unit, "--", ...roots];
    const { code, stdout, stderr, timedOut, missing } = await run("prlimit", args, { deadlineMs: DEADLINE_MS, signal });
    const found = /^(\d+)\ttotal$/m.exec(stdout.slice(stdout.trimEnd().lastIndexOf("\n") + 1))?.[1];
    const value = found === undefined ? undefined : Number(found);
    const complaint = stderr.split("\n").find((line) => line !== "" && !VANISHED.test(line));
    if (missing) return { value, unseen: "prlimit is not installed" };
    if (timedOut) return { value, unseen: `du takes longer than ${DEADLINE_MS / 1_000} s` };
    if (complaint !== undefined) return { value, unseen: complaint.slice(0, MOST_TEXT) };
    return value === undefined || code === undefined ? { value, unseen: "du did not come to its end" } : { value };
  };
  return async (roots, signal) => {
    if (roots.length === 0) return { bytes: 0, files: 0 };
    const bytes = await total("--block-size=1", roots, signal);
    const files = await total("--inodes", roots, signal);
    const unseen = bytes.unseen ?? files.unseen;
    return { bytes: bytes.value, files: files.value, ...(unseen === undefined ? {} : { unseen }) };
  };
}

/** Bytes that one file takes; undefined where there is none that can be seen. */
export async function measureFile(path: string): Promise<number | undefined> {
  return lstat(path).then((stats) => (stats.isFile() ? stats.blocks * 512 : undefined), () => undefined);
}
