import { MAX_MANIFEST_BYTES, readManifest } from "../backup/judge.ts";
import type { BackupStore } from "../edge/backup-store.ts";
import { FortressError, textOf } from "../model/errors.ts";
import { DamagedCopy, type Manifest, parseSetName, type SetSummary } from "../model/backup.ts";

export function summaryOf({ id, sequence, createdAt, status, files, recipients, problems, tookMs }: Manifest): SetSummary {
  return {
    id,
    sequence,
    createdAt,
    status,
    files: files.length,
    databases: files.filter(({ kind }) => kind === "database").length,
    bytes: files.reduce((sum, { size, stored }) => sum + (stored?.size ?? size), 0),
    encrypted: recipients.length > 0,
    problems,
    tookMs,
  };
}

/** @throws FortressError `backup-invalid` */
export function openSet(store: BackupStore, name: string): Manifest {
  let text: string;
  try {
    text = store.manifest(store.pathOf(name), MAX_MANIFEST_BYTES);
  } catch (error) {
    if (!(error instanceof DamagedCopy)) throw error;
    throw new FortressError("backup-invalid", `${name}: its manifest ${error.message}.`, "Restore another set: openclaw fortress backup list. Nothing was written.");
  }
  return readManifest(text, name);
}

/** Every set, oldest first; one whose manifest can't be believed says why. */
export function listSets(store: BackupStore): SetSummary[] {
  return store.names().map((name) => {
    try {
      return summaryOf(openSet(store, name));
    } catch (error) {
      const { sequence, at } = parseSetName(name)!;
      return { id: name, sequence, createdAt: at, status: "unreadable", files: 0, databases: 0, bytes: 0, encrypted: false, problems: [], detail: textOf(error) };
    }
  });
}

/**
 * The set that was asked for, else the newest verified one.
 *
 * @throws FortressError `backup-refused` when there is none
 */
export function chooseSet(store: BackupStore, asked: string | undefined): string {
  const names = store.names();
  if (asked !== undefined) {
    if (names.includes(asked)) return asked;
    throw new FortressError("backup-refused", `${asked.replace(/\p{Cc}/gu, "?").slice(0, 80)} is no backup in ${store.directory}.`, "Choose one of: openclaw fortress backup list");
  }
  const newest = listSets(store).findLast(({ status }) => status === "verified");
  if (newest) return newest.id;
  throw new FortressError("backup-refused", `There is no verified backup in ${store.directory}.`, names.length > 0 ? "Choose one by its name: openclaw fortress backup list" : "Make one: openclaw fortress backup create");
}
