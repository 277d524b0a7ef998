import { closeSync, fstatSync, readSync, rmSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import type { DatabaseFacts, Problem } from "../model/backup.ts";
import { copyBytes, openRegular, statsOf } from "./backup-files.ts";
import { readFacts } from "./database-facts.ts";

/** In one step: by steps, a backup begins anew whenever somebody else commits. `node:sqlite` takes no -1. */
const ALL_PAGES = 2 ** 31 - 1;
const ATTEMPTS = 3;
/** SQLITE_READONLY_ROLLBACK: a journal that nobody who lives owns. */
const HOT_JOURNAL = 776;
const SUPER_JOURNAL_MAGIC = Buffer.from("d9d505f920a163d7", "hex");

export type DatabaseCopy = { readonly facts: DatabaseFacts } | { readonly problem: Omit<Problem, "path"> };

/**
 * Copies a live database as one moment has it, while others write to it. For a process that opens none
 * of the files by other means meanwhile: closing any descriptor of them drops SQLite's own locks.
 *
 * @param target does not exist
 * @param scratch a path beside which a database is mended that was left with a hot journal; the source is never written
 * @throws when the target can't be written
 */
export async function copyDatabase(source: string, target: string, scratch: string, busyMs: number, signal: AbortSignal): Promise<DatabaseCopy> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptCopy(source, target, busyMs);
    if (!("error" in outcome)) return outcome;
    removeDatabase(target);
    signal.throwIfAborted();
    const { error } = outcome;
    if (codeOf(error) === HOT_JOURNAL && attempt <= ATTEMPTS) {
      const mended = await mendAside(source, scratch, signal);
      if (mended === "changed") continue;
      try {
        if (mended !== "done") return { problem: { kind: "damaged", detail: mended } };
        const again = await attemptCopy(scratch, target, busyMs);
        return "error" in again ? failure(again.error) : again;
      } finally {
        removeDatabase(scratch);
      }
    }
    return failure(error);
  }
}

async function attemptCopy(source: string, target: string, busyMs: number): Promise<{ readonly facts: DatabaseFacts } | { readonly error: unknown }> {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(source, { readOnly: true, timeout: busyMs });
    database.exec("BEGIN");
    // The first read pins the moment: what is read now and what is copied are of the same one.
    const facts = readFacts((sql) => database!.prepare(sql).all());
    await backup(database, target, { rate: ALL_PAGES });
    return { facts };
  } catch (error) {
    return { error };
  } finally {
    database?.close();
  }
}

/** What went wrong with the source is a problem of the set; what went wrong with the target is one of the run. */
function failure(error: unknown): DatabaseCopy {
  const { errstr, message } = error as { errstr?: string; message: string };
  const primary = (codeOf(error) ?? 0) & 0xff;
  const detail = (errstr ?? message).slice(0, 200);
  // SQLITE_FULL, and SQLITE_NOMEM.
  if (primary === 13 || primary === 7 || primary === 0) throw Object.assign(new Error(detail, { cause: error }), primary === 13 ? { code: "ENOSPC" } : {});
  if (primary === 5 || primary === 6) return { problem: { kind: "locked", detail: "somebody else kept it locked" } };
  return { problem: { kind: primary === 11 || primary === 26 ? "damaged" : "unreadable", detail } };
}

function codeOf(error: unknown): number | undefined {
  return (error as { errcode?: number }).errcode;
}

/** Copies the database with its journal and lets SQLite undo there what was half done. */
async function mendAside(source: string, scratch: string, signal: AbortSignal): Promise<"done" | "changed" | string> {
  const files = ["", "-journal"].map((suffix) => ({ from: `${source}${suffix}`, to: `${scratch}${suffix}` }));
  const version = (): string => files.map(({ from }) => Object.values(statsOf(from) ?? {}).join()).join(" ");
  removeDatabase(scratch);
  const before = version();
  for (const { from, to } of files) {
    let fd: number;
    try {
      fd = openRegular(from);
    } catch {
      return "changed";
    }
    try {
      // SQLite deletes the file that such a journal names once it has applied it.
      if (from !== source && namesSuperJournal(fd)) return "was left in the middle of a change of several databases";
      await copyBytes(fd, to, Number.MAX_SAFE_INTEGER, signal);
    } finally {
      closeSync(fd);
    }
  }
  if (version() !== before) return "changed";
  try {
    const database = new DatabaseSync(scratch);
    try {
      database.prepare("SELECT count(*) FROM sqlite_schema").get();
    } finally {
      database.close();
    }
    return "done";
  } catch (error) {
    return `its journal can't be applied (${(error as Error).message.slice(0, 100)})`;
  }
}

function namesSuperJournal(fd: number): boolean {
  const { size } = fstatSync(fd);
  const end = Buffer.alloc(SUPER_JOURNAL_MAGIC.length);
  return size >= end.length && readSync(fd, end, 0, end.length, size - end.length) === end.length && end.equals(SUPER_JOURNAL_MAGIC);
}

/** With everything that SQLite keeps beside it. */
export function removeDatabase(path: string): void {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(`${path}${suffix}`, { force: true });
}
