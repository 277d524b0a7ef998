import { readdirSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { setsDirectory } from "../../src/flows/backup.ts";
import type { BackupState, Manifest } from "../../src/model/backup.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { messageText } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { ALL_SCOPES } from "../support/rpc.ts";
import { prepareEngine } from "../support/setup.ts";

/** One gateway, from its first daily backup through a crash to its state from a backup. */
let model: ScriptedModel;
let gateway: Gateway;

/** For what the gateway does by itself, at a low priority. */
const SOON = { timeout: 240_000, interval: 500 };
const QUESTION = "Remember the word heliotrope.";

beforeAll(async () => {
  model = await startScriptedModel();
  gateway = await startGateway({
    engine: await prepareEngine({ log: () => {} }),
    model,
    pluginDir: PLUGIN_DIR,
    pluginConfig: { backups: { startMinutes: 0 } },
    async seed(stateDir) {
      // Where a channel has its keys, and what a sandbox could have left.
      await mkdir(join(stateDir, "matrix/crypto"), { recursive: true });
      const store = new DatabaseSync(join(stateDir, "matrix/crypto/matrix-sdk-crypto.bin"));
      store.exec("CREATE TABLE keys (a); INSERT INTO keys VALUES ('one')");
      store.close();
      await mkdir(join(stateDir, "workspace"), { recursive: true });
      await writeFile(join(stateDir, "workspace/evil.sqlite"), "SQLite format 3\0 and then nothing");
    },
  });
});
afterAll(async () => {
  await gateway?.dispose();
  await model?.close();
});

const sets = (): string => setsDirectory(join(gateway.home, ".local/state/openclaw-backups"), gateway.stateDir);
const state = (): BackupState => {
  try {
    return JSON.parse(readFileSync(join(sets(), "state.json"), "utf8")) as BackupState;
  } catch {
    return {};
  }
};
const manifest = (id: string): Manifest => JSON.parse(readFileSync(join(sets(), "sets", id, "manifest.json"), "utf8")) as Manifest;
const standalone = (...args: string[]) => execa(join(import.meta.dirname, "../../node_modules/.bin/node"), [join(PLUGIN_DIR, "bin/fortress.mjs"), ...args], { env: { ...gateway.engine.env, HOME: gateway.home, PATH: process.env.PATH }, extendEnv: false, reject: false });

/** Whose rows OpenClaw itself removes when their time is over. */
const EXPIRING = new Set(["agent_database_leases", "cache_entries", "state_leases", "workspace_leases"]);

/** By the path of each database of a directory: how many rows its tables have together. */
function rowsBelow(directory: string, databases: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    databases.map((path) => {
      const database = new DatabaseSync(join(directory, path), { readOnly: true, timeout: 10_000 });
      try {
        expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
        const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0").all().filter(({ name }) => !EXPIRING.has(String(name)));
        return [path, tables.reduce((sum, { name }) => sum + Number(database.prepare(`SELECT count(*) AS n FROM "${String(name)}"`).get()!.n), 0)];
      } finally {
        database.close();
      }
    }),
  );
}

it("makes a backup by itself, of live databases, without being asked", async () => {
  await expect.poll(() => state().run?.outcome, SOON).toBe("verified");
  const { verified } = state();
  const databases = manifest(verified!.id).files.filter(({ kind }) => kind === "database").map(({ path }) => path);
  expect(databases).toEqual(expect.arrayContaining(["state/openclaw.sqlite", "matrix/crypto/matrix-sdk-crypto.bin"]));
  expect(manifest(verified!.id).files.find(({ path }) => path === "workspace/evil.sqlite")).toMatchObject({ kind: "bytes" });
  const records = async (): Promise<unknown[]> => (JSON.parse((await standalone("log", "--json")).stdout) as { records: unknown[] }).records;
  // The process that made it writes the state; the gateway tells of it when that has ended.
  await expect.poll(records, SOON).toContainEqual(expect.objectContaining({ action: "backup.created", because: "daily", outcome: "done" }));
  await expect.poll(() => gateway.log(), SOON).toContain(`backup ${verified!.id} is verified`);
  expect(await gateway.chat("/fortress status full")).toContain("\nbackup: 2");
});

it("makes one for owners in chat, and for nobody else", async () => {
  await gateway.turn(QUESTION);
  await gateway.exec("echo kept > /workspace/note.txt");
  expect(await gateway.chat("/fortress backup", { scopes: ["operator.read", "operator.write"] })).toMatch(/^fortress: only owners/);
  expect(await gateway.chat("/fortress_owner backup", { scopes: ALL_SCOPES })).toMatch(/^Verified: 000002-/);
  expect(await gateway.chat("/fortress backup list", { scopes: ALL_SCOPES })).toMatch(/^000002-\S+ {2}verified[^]*\n000001-/);
});

it("makes, proves and drills one by the command, while the gateway works", async () => {
  const created = await gateway.cli(["fortress", "backup", "create", "--json"]);
  const { set } = JSON.parse(created.stdout) as { set: { id: string; databases: number; status: string } };
  expect([created.exitCode, set.status]).toEqual([0, "verified"]);
  expect(await standalone("backup", "verify", set.id)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("holds") as string });
  expect(await standalone("backup", "restore", "--drill")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("The drill passed") as string });
});

it("is not restored in place of what a running gateway uses", async () => {
  const { stderr, exitCode } = await standalone("backup", "restore", "--into-place");
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("The gateway is not stopped: something answers at port")]);
  expect(readdirSync(gateway.home).filter((name) => name.startsWith(".openclaw"))).toEqual([".openclaw"]);
});

it("costs the gateway nothing: after a kill every row is there that was in the backup", async () => {
  const newest = state().newest!.id;
  const databases = manifest(newest).files.filter(({ kind, root }) => kind === "database" && root === "state");
  process.kill(gateway.pid, "SIGKILL");
  await gateway.stop();
  const live = rowsBelow(gateway.stateDir, databases.map(({ path }) => path));
  const copied = rowsBelow(join(sets(), "sets", newest, "files/state"), databases.map(({ path }) => path));
  expect(databases.length).toBeGreaterThanOrEqual(3);
  for (const { path } of databases) expect([path, live[path]! >= copied[path]!]).toEqual([path, true]);
});

it("starts a gateway that answers with its old sessions, in its sandbox, behind fortress", async () => {
  await rm(join(gateway.stateDir, "state/openclaw.sqlite"));
  await rm(join(gateway.stateDir, "agents"), { recursive: true });
  const restored = await standalone("backup", "restore", "--into-place");
  expect(restored).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`what was there is ${gateway.stateDir}.before-`) as string });
  await gateway.start();
  const before = model.requests.length;
  expect(await gateway.turn("What was the word?")).toMatchObject({ isError: false });
  expect(model.requests.slice(before).some(({ messages }) => messages.some((message) => messageText(message).includes(QUESTION)))).toBe(true);
  expect(await gateway.exec("cat /workspace/note.txt")).toContain("kept");
  expect(await gateway.chat("/fortress status")).toMatch(/^fortress: (ATTENTION|HARDENED)/);
});

it("brings a fresh directory that is a state directory, too", async () => {
  const to = join(gateway.home, "restored");
  expect(await standalone("backup", "restore", "--to", to)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(`OPENCLAW_STATE_DIR=${to}`) as string });
  const { stdout } = await execa("openclaw", ["sessions", "--json"], { preferLocal: true, localDir: join(import.meta.dirname, "../.."), env: { HOME: gateway.home, PATH: `${join(import.meta.dirname, "../../node_modules/.bin")}:${process.env.PATH}`, OPENCLAW_STATE_DIR: to }, extendEnv: false, reject: false });
  expect(stdout).toContain("agent:main:main");
});
