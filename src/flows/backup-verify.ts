import { posix } from "node:path";
import { nameOf } from "../backup/restore-plan.ts";
import type { hashFile } from "../edge/backup-files.ts";
import type { BackupStore } from "../edge/backup-store.ts";
import type { checkDatabase } from "../edge/database-check.ts";
import type { Damage, VerifyResult } from "../model/backup-results.ts";
import { DamagedCopy, type Manifest, type ManifestFile } from "../model/backup.ts";
import { openSet } from "./backup-sets.ts";

export interface VerifyEdges {
  readonly hashFile: typeof hashFile;
  readonly checkDatabase: typeof checkDatabase;
}

/** Reads every file of a set and compares it with the manifest; databases are opened and asked. */
export async function verifySet(edges: VerifyEdges, store: BackupStore, name: string, signal: AbortSignal): Promise<VerifyResult> {
  const manifest = openSet(store, name);
  const damage = await checkFiles(edges, manifest.files, (file) => posix.join(store.pathOf(name), "files", file.root, file.path), signal);
  return { set: name, status: manifest.status, files: manifest.files.length, databases: countDatabases(manifest), read: manifest.recipients.length === 0, damage };
}

/** @param pathOf where the copy of each file is */
export async function checkFiles(edges: VerifyEdges, files: readonly ManifestFile[], pathOf: (file: ManifestFile) => string, signal: AbortSignal): Promise<Damage[]> {
  const damage: Damage[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    try {
      await checkFile(edges, file, pathOf(file), signal);
    } catch (error) {
      if (!(error instanceof DamagedCopy)) throw error;
      damage.push({ path: nameOf(file), detail: error.message });
    }
  }
  return damage;
}

async function checkFile({ hashFile, checkDatabase }: VerifyEdges, { size, sha256, stored, database }: ManifestFile, path: string, signal: AbortSignal): Promise<void> {
  const expected = stored ?? { size, sha256 };
  const actual = await hashFile(path, signal);
  if (actual.size !== expected.size) throw new DamagedCopy(`has ${actual.size} bytes and not ${expected.size}`);
  // Of what was encrypted no plain hash is written down; who can decrypt it knows that nobody changed it.
  if (expected.sha256 !== undefined && actual.sha256 !== expected.sha256) throw new DamagedCopy("holds other bytes than were written");
  if (database && !stored) await checkDatabase(path, database);
}

export function countDatabases({ files }: Manifest): number {
  return files.filter(({ kind }) => kind === "database").length;
}
