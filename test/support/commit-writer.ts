/**
 * A program that commits rows to databases at a rate, as a gateway does: `node commit-writer.ts <commits a second> <journal>=<file> …`.
 * Beside each file, `<file>.committed` holds the id of the last row that was committed, as 8 bytes.
 */
import { openSync, writeSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";

const [rate, ...targets] = process.argv.slice(2);
const writers = targets.map((target) => {
  const [journal, file] = target.split("=") as [string, string];
  const database = new DatabaseSync(file, { timeout: 30_000 });
  database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA synchronous = OFF; CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, payload)`);
  const insert = database.prepare("INSERT INTO t (payload) VALUES (randomblob(200))");
  const fd = openSync(`${file}.committed`, "w");
  const bytes = Buffer.alloc(8);
  return () => {
    bytes.writeBigUInt64LE(BigInt(insert.run().lastInsertRowid));
    writeSync(fd, bytes, 0, 8, 0);
  };
});

const began = performance.now();
for (let done = 0; ; done += 1) {
  const due = began + (done * 1_000) / Number(rate);
  if (due > performance.now()) await wait(due - performance.now());
  for (const commit of writers) commit();
}
