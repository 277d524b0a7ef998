import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { SIDECARS } from "../model/backup.ts";
import { copyBytes, makeDirectory, openRegular, syncDirectory } from "./backup-files.ts";

export interface Attributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs?: number;
}

/** A directory that was not there. @throws EEXIST, or what else the system says */
export function makeFresh(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  mkdirSync(path, { mode: 0o700 });
}

/** Copies a file of a set to where nothing is. */
export async function restoreFile(from: string, to: string, signal: AbortSignal): Promise<void> {
  makeDirectory(dirname(to));
  const fd = openRegular(from);
  try {
    await copyBytes(fd, to, Number.MAX_SAFE_INTEGER, signal);
  } finally {
    closeSync(fd);
  }
}

/** Where nothing is. */
export function makeLink(target: string, path: string): void {
  makeDirectory(dirname(path));
  symlinkSync(target, path);
}

/** Gives a restored file or directory what it had; its owner where that can be given. False where it can't. */
export function setAttributes(path: string, { mode, uid, gid, mtimeMs }: Attributes): boolean {
  const me = process.getuid?.();
  const mayGive = me === 0;
  // Before the mode: a change of owner takes bits away.
  if (mayGive) chownSync(path, uid, gid);
  chmodSync(path, mode);
  if (mtimeMs !== undefined) utimesSync(path, mtimeMs / 1_000, mtimeMs / 1_000);
  return mayGive || uid === me;
}

/** A database goes with what SQLite keeps beside it: a journal that stays would be applied to what comes. */
export function moveAside(path: string, aside: string): boolean {
  let moved = false;
  for (const suffix of ["", ...SIDECARS]) {
    if (!existsSync(`${path}${suffix}`)) continue;
    renameSync(`${path}${suffix}`, `${aside}${suffix}`);
    moved = true;
  }
  return moved;
}

/** Renames on one file system, and makes it outlive a crash. */
export function moveTo(from: string, to: string): void {
  renameSync(from, to);
  for (const directory of new Set([dirname(from), dirname(to)])) syncDirectory(directory);
}

export function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

export function removeTree(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

export const isThere = existsSync;
