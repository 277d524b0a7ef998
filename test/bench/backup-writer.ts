/** Commits rows to a database at a rate and prints how long each commit took, in milliseconds: `node backup-writer.ts <file> <journal> <commits a second>`. */
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";

const [file, journal, rate] = process.argv.slice(2);
const database = new DatabaseSync(file!, { timeout: 60_000 });
database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA synchronous = NORMAL`);
const insert = database.prepare("INSERT INTO t (payload) VALUES (randomblob(200))");
const began = performance.now();
for (let done = 0; ; done += 1) {
  const due = began + (done * 1_000) / Number(rate);
  if (due > performance.now()) await wait(due - performance.now());
  const start = performance.now();
  insert.run();
  process.stdout.write(`${performance.now() - start}\n`);
}
