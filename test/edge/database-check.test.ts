import { copyFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkDatabase } from "../../src/edge/database-check.ts";
import { copyDatabase } from "../../src/edge/database-copy.ts";
import { DamagedCopy, type DatabaseFacts } from "../../src/model/backup.ts";
import { tempDir } from "../fixtures/temp.ts";

const signal = new AbortController().signal;
const SQL = `PRAGMA journal_mode = WAL; PRAGMA user_version = 7;
  CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3);
  CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO keyed VALUES ('x', 1), ('y', 2);
  CREATE TABLE named (rowid TEXT, v); INSERT INTO named VALUES ('secret-value', 1);
  CREATE TABLE "od""d name; DROP TABLE t" (a); CREATE TABLE empty (a); CREATE TABLE below (a INTEGER PRIMARY KEY); INSERT INTO below VALUES (-5);
  CREATE VIRTUAL TABLE words USING fts5 (text); INSERT INTO words VALUES ('hello');
  CREATE TABLE "123" (a); INSERT INTO "123" VALUES (9)`;

async function copied(sql = SQL) {
  const directory = tempDir();
  const [source, copy] = [join(directory, "live.sqlite"), join(directory, "copy.sqlite")];
  const live = new DatabaseSync(source);
  live.exec(sql);
  const outcome = await copyDatabase(source, copy, join(directory, "mended"), 100, signal);
  if (!("facts" in outcome)) throw new Error(outcome.problem.detail);
  return { live, source, copy, facts: outcome.facts };
}

const damage = async (path: string, facts: DatabaseFacts): Promise<string> =>
  checkDatabase(path, facts).then(
    () => "whole",
    (error: unknown) => (error instanceof DamagedCopy ? error.message : Promise.reject(error as Error)),
  );

it("finds the same in a copy as in its source, by both readers, whatever tables are called and made of", async () => {
  const { live, copy, facts } = await copied();
  expect(facts).toMatchObject({ userVersion: 7, rows: { t: 3, keyed: 2, named: 1, empty: 0, below: 1, 'od"d name; DROP TABLE t': 0, "123": 1 } });
  expect(JSON.stringify(facts)).not.toContain("secret-value");
  expect(await damage(copy, facts)).toBe("whole");
  live.close();
});

describe("what calls itself whole and is not", () => {
  it.each<[string, (copy: string, source: string) => void, RegExp]>([
    ["nothing", (copy) => truncateSync(copy, 0), /does not begin/],
    ["one byte", (copy) => truncateSync(copy, 1), /does not begin/],
    ["a header", (copy) => truncateSync(copy, 60), /within its header/],
    ["a cut at a page", (copy) => truncateSync(copy, 4_096 * 3), /pages/],
    ["a cut in a page", (copy) => truncateSync(copy, 4_096 * 3 + 100), /pages|bytes/],
    ["the file without its log", (copy, source) => copyFileSync(source, copy), /schema entries|begin|pages/],
    ["another kind of file", (copy) => writeFileSync(copy, "x".repeat(8_192)), /does not begin/],
  ])("%s", async (_, spoil, message) => {
    const { live, source, copy, facts } = await copied();
    spoil(copy, source);
    expect(await damage(copy, facts)).toMatch(message);
    live.close();
  });

  it.each<[string, string, RegExp]>([
    ["lost rows", "DELETE FROM t WHERE a > 1", /number of rows in t/],
    ["a lost table", "DROP TABLE t", /schema entries/],
    ["another version", "PRAGMA user_version = 8", /user_version 8/],
  ])("%s, with a good integrity check", async (_, sql, message) => {
    const { live, copy, facts } = await copied();
    const changed = new DatabaseSync(copy);
    changed.exec(`PRAGMA journal_mode = DELETE; ${sql}`);
    expect(changed.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    changed.close();
    expect(await damage(copy, facts)).toMatch(message);
    live.close();
  });

  it("never ends the process that looks, whichever bytes are wrong", async () => {
    const { live, copy, facts } = await copied();
    const good = readFileSync(copy);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 }), fc.nat(good.length), async (changes, cut) => {
        const bytes = Buffer.from(good.subarray(0, cut % 3 === 0 ? cut : good.length));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        writeFileSync(copy, bytes);
        expect(typeof (await damage(copy, facts))).toBe("string");
      }),
      { numRuns: 60 },
    );
    live.close();
  });
});

it("reads no log that somebody laid beside a copy", async () => {
  const { live, copy, source, facts } = await copied();
  copyFileSync(`${source}-wal`, `${copy}-wal`);
  writeFileSync(`${copy}-journal`, "planted");
  expect(await damage(copy, facts)).toBe("whole");
  expect(readFileSync(`${copy}-journal`, "utf8")).toBe("planted");
  live.close();
});
