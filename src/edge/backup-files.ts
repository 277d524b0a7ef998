import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, fsyncSync, linkSync, lstatSync, mkdirSync, openSync, readSync, readdirSync, readlinkSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { DamagedCopy } from "../model/backup.ts";

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
const CHUNK = 512 * 1024;
const HEADER = Buffer.from("SQLite format 3\0", "latin1");

export interface Copied {
  readonly size: number;
  readonly sha256: string;
}

/** True when the file begins as every SQLite database does, whatever it is called. Leaves the descriptor where it was. */
export function isDatabase(fd: number): boolean {
  const start = Buffer.alloc(HEADER.length);
  return readSync(fd, start, 0, start.length, 0) === start.length && start.equals(HEADER);
}

/**
 * Copies what an open file holds now, at most `limit` bytes, to a new file for its owner only, and syncs it.
 * One that grows meanwhile is copied as long as it was.
 *
 * @throws what the system says; the copy is removed then
 */
export async function copyBytes(fd: number, target: string, limit: number, signal: AbortSignal): Promise<Copied> {
  const output = openSync(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    const copied = await pump(fd, limit, signal, (chunk) => {
      for (let written = 0; written < chunk.length; ) written += writeSync(output, chunk, written);
    });
    fsyncSync(output);
    return copied;
  } catch (error) {
    rmSync(target, { force: true });
    throw error;
  } finally {
    closeSync(output);
  }
}

/**
 * Size and hash of a regular file, which is not reached through a link.
 *
 * @throws DamagedCopy when there is none
 */
export async function hashFile(path: string, signal: AbortSignal): Promise<Copied> {
  const fd = openRegular(path);
  try {
    return await pump(fd, fstatSync(fd).size, signal, () => {});
  } finally {
    closeSync(fd);
  }
}

/** @throws DamagedCopy when it is no regular file, or is not there */
export function openRegular(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new DamagedCopy(code === "ENOENT" ? "is missing" : code === "ELOOP" ? "is a link" : `can't be read (${code})`);
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new DamagedCopy("is no regular file");
}

async function pump(fd: number, limit: number, signal: AbortSignal, sink: (chunk: Uint8Array) => void): Promise<Copied> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(CHUNK);
  let size = 0;
  while (size < limit) {
    const length = readSync(fd, buffer, 0, Math.min(CHUNK, limit - size), size);
    if (length === 0) break;
    hash.update(buffer.subarray(0, length));
    sink(buffer.subarray(0, length));
    size += length;
    // Heartbeats of the lock and signals get through.
    await nextTurn();
    signal.throwIfAborted();
  }
  return { size, sha256: hash.digest("hex") };
}

/** Makes the directory and those above it, for the owner only. */
export function makeDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/** One more name for the same bytes; false where the file system can't, or has too many. */
export function linkFile(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (["EMLINK", "EXDEV", "EPERM", "ENOTSUP"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** Where a link leads; undefined when it is none any more. */
export function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

export function syncFile(path: string): void {
  const fd = openSync(path, O_RDONLY | O_NOFOLLOW);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Makes the names in a directory outlive a crash, and those of all directories below it. */
export function syncTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) if (entry.isDirectory()) syncTree(join(path, entry.name));
  syncDirectory(path);
}

export function syncDirectory(path: string): void {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Nanosecond stats without opening anything; undefined when nothing is there. */
export function statsOf(path: string): { dev: number; ino: number; size: number; mtimeNs: bigint; ctimeNs: bigint; uid: number; gid: number; mode: number; mtimeMs: number } | undefined {
  const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && { dev: Number(stats.dev), ino: Number(stats.ino), size: Number(stats.size), mtimeNs: stats.mtimeNs, ctimeNs: stats.ctimeNs, uid: Number(stats.uid), gid: Number(stats.gid), mode: Number(stats.mode & 0o777n), mtimeMs: Number(stats.mtimeMs) };
}

