import type { DatabaseFacts } from "../model/backup.ts";

/** Runs one statement; rows as objects. */
export type Query = (sql: string) => readonly Record<string, unknown>[];

/** More tables than any program makes by itself. */
const MAX_TABLES = 2_000;

/** What the same database says of itself to every reader: number of schema entries, version, and how far each table has got. */
export function readFacts(query: Query): Omit<DatabaseFacts, "schema"> & { readonly schema: number } {
  const number = (sql: string): number => Number(Object.values(query(sql)[0] ?? {})[0]);
  const tables = query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name LIMIT ${MAX_TABLES}`).map(({ name }) => String(name));
  return {
    schema: number("SELECT count(*) FROM sqlite_schema"),
    userVersion: number("PRAGMA user_version"),
    rows: Object.fromEntries(tables.map((table) => [table, watermark(query, `"${table.replaceAll('"', '""')}"`)])),
  };
}

/** The highest rowid costs one step down the tree; a table without rowids, or with a column of that name, is counted. */
function watermark(query: Query, table: string): number {
  const highest = highestRowid(query, table);
  return highest ?? Number(query(`SELECT count(*) AS n FROM ${table}`)[0]!.n);
}

function highestRowid(query: Query, table: string): number | undefined {
  try {
    const { n, type } = query(`SELECT CAST(max(rowid) AS TEXT) AS n, typeof(max(rowid)) AS type FROM ${table}`)[0]!;
    if (type === "null") return 0;
    const value = Number(n);
    return type === "integer" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  } catch (error) {
    if (/no such column/.test(String(error))) return undefined;
    throw error;
  }
}

/** What differs, in a few words; undefined when nothing does. */
export function factsDiffer(expected: DatabaseFacts, actual: DatabaseFacts): string | undefined {
  if (actual.schema !== expected.schema) return `has ${actual.schema} schema entries and not ${expected.schema}`;
  if (actual.userVersion !== expected.userVersion) return `has user_version ${actual.userVersion} and not ${expected.userVersion}`;
  const table = Object.keys(expected.rows).find((name) => actual.rows[name] !== expected.rows[name]);
  return table === undefined ? undefined : `holds another number of rows in ${table}`;
}
