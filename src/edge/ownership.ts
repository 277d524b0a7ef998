import { closeSync, constants, fstatSync, lchownSync, lstatSync, openSync, readdirSync, type Stats } from "node:fs";
import { posix } from "node:path";
import type { Ownership } from "../model/ports.ts";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** How deep and how far a look goes into a tree that was handed over before: the gateway puts new files near its top. */
const AGAIN = { depth: 3, entries: 5_000 };
const ROOT_UID = 0;

/** Who owns a path, and who may use it; undefined when that can't be read. */
export function ownerOf(path: string): Ownership | undefined {
  try {
    const { uid, gid, mode } = lstatSync(path);
    return { uid, gid, mode: mode & 0o7777 };
  } catch {
    return undefined;
  }
}

/**
 * Gives what root owns in a tree to somebody else: all of it when root owns the tree itself, else
 * what is near its top. The tree may be hostile and change meanwhile: every directory is held open,
 * no link is followed, and a file with a second name, which may stand elsewhere, stays root's.
 */
export function handOver(path: string, owner: Owner): void {
  const fd = openDirectory(path);
  try {
    const stats = fstatSync(fd);
    const first = stats.uid === ROOT_UID;
    const budget = { entries: first ? Infinity : AGAIN.entries };
    below(fd, stats.dev, first ? Infinity : AGAIN.depth, budget, owner);
    // Last, so that a walk that was interrupted is begun anew.
    if (first) lchownSync(pinned(fd), owner.uid, owner.gid);
  } finally {
    closeSync(fd);
  }
}

function below(fd: number, device: number, depth: number, budget: { entries: number }, owner: Owner): void {
  for (const name of readdirSync(pinned(fd))) {
    if (budget.entries-- <= 0) return;
    const path = posix.join(pinned(fd), name);
    const stats = lstat(path);
    if (!stats || stats.dev !== device) continue;
    if (stats.isDirectory() && depth > 1) enter(path, device, depth - 1, budget, owner);
    const alone = stats.isDirectory() || stats.isSymbolicLink() || (stats.isFile() && stats.nlink === 1);
    if (stats.uid === ROOT_UID && alone) attempt(() => lchownSync(path, owner.uid, owner.gid));
  }
}

function enter(path: string, device: number, depth: number, budget: { entries: number }, owner: Owner): void {
  const fd = attempt(() => openDirectory(path));
  if (fd === undefined) return;
  try {
    below(fd, device, depth, budget, owner);
  } finally {
    closeSync(fd);
  }
}

function openDirectory(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** A path that leads to the open directory, whatever its name leads to by now. */
function pinned(fd: number): string {
  return `/proc/self/fd/${fd}/`;
}

function lstat(path: string): Stats | undefined {
  return attempt(() => lstatSync(path));
}

/** Entries vanish and change their type under a walk. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
