/** Copies a database once, by one of the ways that are compared: `node backup-copier.ts <way> <source> <target>`. */
import { setPriority } from "node:os";
import { backup, DatabaseSync } from "node:sqlite";
import { copyDatabase } from "../../src/edge/database-copy.ts";

const [way, source, target] = process.argv.slice(2) as [string, string, string];

/** What `sqlite3 .backup` does: a hundred pages at a time, anew when somebody else has committed. */
async function inSteps(): Promise<void> {
  const database = new DatabaseSync(source, { readOnly: true, timeout: 10_000 });
  await backup(database, target, { rate: 100 });
  database.close();
}

if (way === "fortress") {
  setPriority(19);
  const outcome = await copyDatabase(source, target, `${target}.mended`, 10_000, new AbortController().signal);
  if ("problem" in outcome) throw new Error(outcome.problem.detail);
} else if (way === "VACUUM INTO") {
  const database = new DatabaseSync(source, { readOnly: true, timeout: 10_000 });
  database.prepare("VACUUM INTO ?").run(target);
  database.close();
} else {
  await inSteps();
}
