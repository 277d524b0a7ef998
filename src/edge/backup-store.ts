import { closeSync, existsSync, fstatSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type BackupState, DamagedCopy, parseSetName } from "../model/backup.ts";
import { readBackupState } from "../model/backup-state.ts";
import { makeDirectory, openRegular, syncDirectory } from "./backup-files.ts";
import { withLock } from "./lock.ts";
import { replaceFile } from "./replace.ts";

const MAX_STATE_BYTES = 8 * 2 ** 20;
/** Left by a run that was killed: nothing that was published is called so. */
const UNFINISHED = /^\.(partial|removing|drill)-/;

/** The directory that the sets of one state directory lie in. */
export interface BackupStore {
  readonly directory: string;
  /** Makes it where it is missing. */
  prepare(): void;
  /** Names of the published sets, oldest first. */
  names(): string[];
  pathOf(name: string): string;
  /** @throws DamagedCopy when there is none, or it is larger than that */
  manifest(path: string, maxBytes: number): string;
  writeManifest(path: string, text: string): void;
  /** An empty directory on the file system of the sets, which a later run removes if this one does not. */
  scratch(kind: "partial" | "drill", name: string): string;
  /** From now on it is a set. */
  publish(scratch: string, name: string): void;
  remove(name: string): void;
  discard(path: string): void;
  /** Removes what killed runs left. For who holds the lock. */
  clean(): void;
  /** Removes what this process made and did not publish. For who may not hold the lock. */
  cleanOwn(): void;
  state(): BackupState;
  writeState(state: BackupState): void;
  /** The action is told by `held()` whether the lock is still its own. @throws LockBusy when somebody else works here for longer than that */
  exclusively<T>(waitMs: number, action: (held: () => boolean) => Promise<T>): Promise<T>;
}

export function backupStore(directory: string): BackupStore {
  const sets = join(directory, "sets");
  const stateFile = join(directory, "state.json");
  /** None of these is ever a set: a published one has another name. */
  const own = new Set<string>();
  const pathOf = (name: string): string => join(sets, name);
  const discard = (path: string): void => rmSync(path, { recursive: true, force: true });
  return {
    directory,
    prepare: () => makeDirectory(sets),
    names() {
      return list(sets)
        .filter((name) => parseSetName(name) !== undefined)
        .sort((left, right) => parseSetName(left)!.sequence - parseSetName(right)!.sequence);
    },
    pathOf,
    manifest: (path, maxBytes) => read(join(path, "manifest.json"), maxBytes),
    writeManifest: (path, text) => replaceFile(join(path, "manifest.json"), text),
    scratch(kind, name) {
      const path = join(directory, `.${kind}-${name}`);
      discard(path);
      makeDirectory(path);
      own.add(path);
      return path;
    },
    publish(scratch, name) {
      renameSync(scratch, pathOf(name));
      syncDirectory(sets);
    },
    remove(name) {
      // First out of the way: half a set is none.
      const away = join(directory, `.removing-${name}`);
      discard(away);
      renameSync(pathOf(name), away);
      syncDirectory(sets);
      discard(away);
    },
    discard,
    clean: () => list(directory).filter((name) => UNFINISHED.test(name)).forEach((name) => discard(join(directory, name))),
    cleanOwn: () => own.forEach(discard),
    state() {
      try {
        return readBackupState(JSON.parse(read(stateFile, MAX_STATE_BYTES)));
      } catch {
        // What it said is found again by the next run.
        return existsSync(stateFile) ? { damaged: true } : {};
      }
    },
    writeState: (state) => replaceFile(stateFile, `${JSON.stringify(state)}\n`),
    exclusively: (waitMs, action) => withLock(join(directory, "backup"), waitMs, action),
  };
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(path: string, maxBytes: number): string {
  const fd = openRegular(path);
  try {
    if (fstatSync(fd).size > maxBytes) throw new DamagedCopy("is larger than any");
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

