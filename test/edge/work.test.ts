import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { readWork } from "../../src/edge/work.ts";
import { tempDir } from "../fixtures/temp.ts";

const NOW = 1_800_000_000_000;

function stateDir({ rows = [] as string[], lock = undefined as unknown, tables = true } = {}): string {
  const directory = tempDir();
  mkdirSync(join(directory, "state"));
  const locks = join(directory, "tmp", `openclaw-${process.getuid!()}`);
  mkdirSync(locks, { recursive: true });
  if (lock !== undefined) writeFileSync(join(locks, "gateway.state.lock"), typeof lock === "string" ? lock : JSON.stringify(lock));
  const database = new DatabaseSync(join(directory, "state/openclaw.sqlite"));
  database.exec("PRAGMA journal_mode = WAL");
  if (tables) database.exec("CREATE TABLE update_runs (status, phase, updated_at_ms); CREATE TABLE gateway_boot_lifecycle (started_at_ms, completed_at_ms, outcome, startup_reason)");
  for (const row of rows) database.exec(`INSERT INTO ${row}`);
  database.close();
  return directory;
}

it.each<[string, Parameters<typeof stateDir>[0], object | undefined]>([
  ["nothing", {}, { running: undefined, uncleanStarts: 0 }],
  ["an older database", { tables: false }, { running: undefined, uncleanStarts: 0 }],
  ["an update", { rows: [`update_runs VALUES ('running', 'activating', ${NOW - 1_000})`] }, { running: "An update of OpenClaw runs (activating)." }],
  ["an update that ended", { rows: [`update_runs VALUES ('failed', 'finished', ${NOW - 1_000})`] }, { running: undefined }],
  ["an update that was left behind", { rows: [`update_runs VALUES ('running', 'activating', ${NOW - 3_600_001})`] }, { running: undefined }],
  ["the gateway itself", { lock: { pid: process.pid, createdAt: "" } }, { running: undefined }],
  ["a maintenance", { lock: { pid: process.pid, role: "sqlite-maintenance" } }, { running: expect.stringMatching(/works on its state \(sqlite-maintenance, process \d+\)/) as string }],
  ["a maintenance that died", { lock: { pid: 4_194_300, role: "sqlite-maintenance" } }, { running: undefined }],
  ["a lock that can't be read", { lock: "{" }, undefined],
  [
    "unclean starts",
    {
      rows: [
        `gateway_boot_lifecycle VALUES (${NOW - 1_000}, NULL, NULL, NULL)`,
        `gateway_boot_lifecycle VALUES (${NOW - 900_000}, ${NOW - 2_000}, 'startup_failed', NULL)`,
        `gateway_boot_lifecycle VALUES (${NOW - 300_001}, NULL, NULL, NULL)`,
        `gateway_boot_lifecycle VALUES (${NOW - 1_000}, ${NOW - 10}, 'clean_stop', NULL)`,
        `gateway_boot_lifecycle VALUES (${NOW - 1_000}, NULL, NULL, 'gateway.maintenance_required')`,
      ],
    },
    { uncleanStarts: 2 },
  ],
])("sees %s", async (_, input, expected) => {
  const work = await readWork(stateDir(input), NOW);
  if (expected === undefined) expect(work).toBeUndefined();
  else expect(work).toMatchObject(expected);
});

it("sees nothing of a database that is none", async () => {
  const directory = stateDir();
  writeFileSync(join(directory, "state/openclaw.sqlite"), "damaged ".repeat(1_000));
  expect(await readWork(directory, NOW)).toBeUndefined();
});

it("sees no work where OpenClaw never ran", async () => {
  expect(await readWork(tempDir(), NOW)).toEqual({ running: undefined, uncleanStarts: 0 });
});
