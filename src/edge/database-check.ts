import { closeSync, fstatSync, readFileSync, readSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { DamagedCopy, type DatabaseFacts } from "../model/backup.ts";
import { isDatabase, openRegular } from "./backup-files.ts";
import { factsDiffer, type Query, readFacts } from "./database-facts.ts";

/** sql.js holds the whole file in memory, twice, and blocks while it reads. */
const INDEPENDENT_BYTES = 64 * 2 ** 20;

/**
 * Proves that a finished copy, which nobody writes to, is a whole database that says of itself what its
 * source said. `integrity_check` alone calls an empty or cut-off file "ok". For a process of its own.
 *
 * @param independent asks a second implementation too, where the copy is small enough
 * @throws DamagedCopy
 */
export async function checkDatabase(path: string, facts: DatabaseFacts, independent = true): Promise<void> {
  const size = checkHeader(path);
  // Immutable: neither locks nor files beside it are made, and what was planted beside it is not read.
  const url = pathToFileURL(path);
  url.search = "immutable=1";
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true });
    const open = database;
    judge((sql) => open.prepare(sql).all(), facts);
  } catch (error) {
    throw asDamage(error);
  } finally {
    database?.close();
  }
  if (independent && size <= INDEPENDENT_BYTES) await checkIndependently(path, facts);
}

/** @returns bytes */
function checkHeader(path: string): number {
  const fd = openRegular(path);
  try {
    if (!isDatabase(fd)) throw new DamagedCopy("does not begin as a database does");
    const header = Buffer.alloc(100);
    if (readSync(fd, header, 0, 100, 0) < 100) throw new DamagedCopy("ends within its header");
    const { size } = fstatSync(fd);
    const written = header.readUInt16BE(16);
    const pageSize = written === 1 ? 65_536 : written;
    const pages = header.readUInt32BE(28);
    // The number of pages counts only where it was written by the last change.
    const current = header.readUInt32BE(24) === header.readUInt32BE(92);
    if (size % pageSize !== 0 || (current && pages !== 0 && pages * pageSize !== size)) throw new DamagedCopy(`has ${size} bytes, which are not its ${pages} pages of ${pageSize}`);
    return size;
  } finally {
    closeSync(fd);
  }
}

function judge(query: Query, facts: DatabaseFacts): void {
  const [verdict] = query("PRAGMA integrity_check(1)");
  const said = String(Object.values(verdict ?? {})[0]);
  if (said !== "ok") throw new DamagedCopy(`fails its integrity check (${said.replace(/\s+/g, " ").slice(0, 100)})`);
  const differ = factsDiffer(facts, readFacts(query));
  if (differ !== undefined) throw new DamagedCopy(differ);
}

/** By another build of SQLite, from the bytes alone. */
async function checkIndependently(path: string, facts: DatabaseFacts): Promise<void> {
  const { default: initSqlJs } = await import("sql.js");
  const { Database } = await initSqlJs();
  const fd = openRegular(path);
  try {
    const database = new Database(readFileSync(fd));
    try {
      judge((sql) => {
        const [result] = database.exec(sql);
        return (result?.values ?? []).map((row) => Object.fromEntries(row.map((value, column) => [result!.columns[column]!, value])));
      }, facts);
    } finally {
      database.close();
    }
  } catch (error) {
    throw asDamage(error);
  } finally {
    closeSync(fd);
  }
}

function asDamage(error: unknown): DamagedCopy {
  return error instanceof DamagedCopy ? error : new DamagedCopy(`can't be read as a database (${String((error as Error).message).slice(0, 100)})`);
}
