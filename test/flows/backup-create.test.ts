import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { backupStore, type BackupStore } from "../../src/edge/backup-store.ts";
import { renderCreated } from "../../src/report/backup.ts";
import { nameOf } from "../../src/backup/restore-plan.ts";
import { backupWorld, type BackupWorld } from "../fixtures/backup-world.ts";
import { rejectionOf } from "../fixtures/errors.ts";

const OLD = new Date("2026-01-01T00:00:00Z");
/** Times are taken for old enough to be believed. */
const LATER = { now: () => BigInt(Date.now() + 60_000) * 1_000_000n };

const names = ({ manifest }: BackupWorld, set: string): string[] => manifest(set).files.map(nameOf);
const because = ({ manifest }: BackupWorld, set: string, path: string): string | undefined => manifest(set).skipped.find((each) => each.path === path)?.because;
const leftovers = ({ plan }: BackupWorld): string[] => readdirSync(plan.directory).filter((name) => name.startsWith("."));

describe("a set", () => {
  it("holds every database by what it begins with, whatever its name is, as its writers have it at one moment", async () => {
    const world = backupWorld();
    const open = world.database("state/openclaw.sqlite");
    world.database("matrix/crypto.bin");
    world.database("agents/ops/agent/openclaw-agent.sqlite", "CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA user_version = 7");
    open.exec("BEGIN; INSERT INTO t VALUES (3)");
    const { set } = await world.run({ kind: "create" });
    expect(set).toMatchObject({ status: "verified", databases: 3, problems: [] });
    const facts = Object.fromEntries(world.manifest(set.id).files.map((file) => [file.path, file.database]));
    expect(facts["state/openclaw.sqlite"]).toEqual({ schema: 1, userVersion: 0, rows: { t: 2 } });
    expect(facts["agents/ops/agent/openclaw-agent.sqlite"]).toMatchObject({ userVersion: 7 });
    // What was written to the log only is in the copy, and what was not committed is not.
    expect(statSync(join(world.home.stateDir, "state/openclaw.sqlite-wal")).size).toBeGreaterThan(0);
    expect(world.read(world.stored(set.id, "state/openclaw.sqlite"), "SELECT a FROM t")).toEqual([{ a: 1 }, { a: 2 }]);
    expect(names(world, set.id).filter((path) => /-(wal|shm)$/.test(path))).toEqual([]);
  });

  it("holds what a gateway that was killed left in its log, which stays where it is", async () => {
    const world = backupWorld();
    const live = world.database("state/live.sqlite");
    for (const suffix of ["", "-wal"]) copyFileSync(join(world.home.stateDir, `state/live.sqlite${suffix}`), join(world.home.stateDir, `state/killed.sqlite${suffix}`));
    live.close();
    const log = readFileSync(join(world.home.stateDir, "state/killed.sqlite-wal"));
    const { set } = await world.run({ kind: "create" });
    expect(world.read(world.stored(set.id, "state/killed.sqlite"), "SELECT a FROM t")).toEqual([{ a: 1 }, { a: 2 }]);
    expect(readFileSync(join(world.home.stateDir, "state/killed.sqlite-wal"))).toEqual(log);
  });

  it("is for its owner only, down to the last file", async () => {
    const world = backupWorld();
    world.home.write(".openclaw/credentials/token", "x");
    chmodSync(join(world.home.stateDir, "credentials/token"), 0o644);
    const umask = process.umask(0o022);
    onTestFinished(() => void process.umask(umask));
    const { set } = await world.run({ kind: "create" });
    const modes = execFileSync("find", [world.plan.directory, "-printf", "%y%m\n"], { encoding: "utf8" }).trim().split("\n");
    expect([...new Set(modes)].toSorted()).toEqual(["d700", "f600"]);
    expect(world.manifest(set.id).files.find(({ path }) => path === "credentials/token")!.mode).toBe(0o644);
  });

  it("is named by number and time, and what is in it by its place: only who names a file by a secret has that name in it", async () => {
    const VALUE = "tok-canary-83";
    const world = backupWorld();
    world.home.write(".openclaw/credentials/token", VALUE);
    world.home.write(".openclaw/openclaw.json", JSON.stringify({ gateway: { auth: { token: VALUE } } }));
    world.database("state/openclaw.sqlite", `CREATE TABLE t (a); INSERT INTO t VALUES ('${VALUE}')`);
    const everywhere = (): string[] => execFileSync("find", [world.plan.directory, "-printf", "%P\n"], { encoding: "utf8" }).split("\n");
    const first = await world.run({ kind: "create" });
    expect(readFileSync(world.stored(first.set.id, "credentials/token"), "utf8")).toBe(VALUE);
    expect(everywhere().filter((path) => path.includes(VALUE))).toEqual([]);
    for (const file of [join("sets", first.set.id, "manifest.json"), "state.json"]) expect(readFileSync(join(world.plan.directory, file), "utf8")).not.toContain(VALUE);

    // Under another name it would be lost to who looks for it.
    world.home.write(`.openclaw/workspace/${VALUE}.txt`, "x");
    const { set } = await world.run({ kind: "create" });
    expect(everywhere().filter((path) => path.includes(VALUE))).toEqual([`sets/${set.id}/files/state/workspace/${VALUE}.txt`]);
  });

  it("leaves out what the table says, and names it with the reason", async () => {
    const world = backupWorld();
    for (const path of ["tmp/x", "logs/a.log", "skills/s/node_modules/p/index.js", "gateway.sock.lock", "workspace/yarn.lock"]) world.home.write(`.openclaw/${path}`, "x");
    const { set } = await world.run({ kind: "create" });
    expect(names(world, set.id)).toEqual(["openclaw.json", "workspace/yarn.lock"]);
    expect(because(world, set.id, "tmp")).toMatch(/captured/);
    expect(because(world, set.id, "logs")).toMatch(/log/);
    expect(because(world, set.id, "skills/s/node_modules")).toMatch(/installed again/);
    expect(because(world, set.id, "gateway.sock.lock")).toMatch(/running/);
  });

  it("holds the configuration with what it includes, and agents' directories, wherever they are", async () => {
    const world = backupWorld();
    world.home.write("etc/openclaw.json", '{"$include": "./more.json"}');
    world.home.write("etc/more.json", "{}");
    world.home.write("etc/other.json", "not ours");
    const agent = join(world.home.dir, "agent");
    mkdirSync(agent);
    const database = new DatabaseSync(join(agent, "openclaw-agent.sqlite"));
    database.exec("CREATE TABLE t (a)");
    database.close();
    const { set } = await world.run({ kind: "create" }, { plan: { configFile: world.home.path("etc/openclaw.json"), agentDirs: [agent] } });
    expect(world.manifest(set.id).roots.map(({ name, source }) => [name, source])).toEqual([["state", world.home.stateDir], ["outside-1", agent], ["outside-2", world.home.path("etc")]]);
    expect(names(world, set.id)).toEqual(expect.arrayContaining(["outside-1:openclaw-agent.sqlite", "outside-2:openclaw.json", "outside-2:more.json"]));
    expect(names(world, set.id)).not.toContain("outside-2:other.json");
  });

  it("holds a broken configuration, and says that it knows no more", async () => {
    const world = backupWorld();
    world.home.write(".openclaw/openclaw.json", "{ broken");
    const { set } = await world.run({ kind: "create" });
    expect(names(world, set.id)).toContain("openclaw.json");
    expect(because(world, set.id, join(world.home.stateDir, "openclaw.json"))).toContain("is not known");
  });
});

describe("what a sandbox can write", () => {
  it("is copied as bytes and never opened: neither a planted journal nor a log is applied", async () => {
    const world = backupWorld();
    const victim = world.home.path("victim");
    writeFileSync(victim, "precious");
    const open = world.database("workspace/evil.sqlite", "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)");
    world.home.write(".openclaw/workspace/other.sqlite-journal", `${"\0".repeat(600)}${victim}`);
    const before = readFileSync(join(world.home.workspace, "evil.sqlite"));
    const { set } = await world.run({ kind: "create" });
    expect(world.manifest(set.id).files.find(({ path }) => path === "workspace/evil.sqlite")!.kind).toBe("bytes");
    expect(readFileSync(world.stored(set.id, "workspace/evil.sqlite"))).toEqual(before);
    expect(names(world, set.id)).toContain("workspace/evil.sqlite-wal");
    expect(readFileSync(victim, "utf8")).toBe("precious");
    open.close();
  });

  it("is so wherever it is configured, a directory or a file", async () => {
    const world = backupWorld();
    for (const path of ["shared/x.sqlite", "memory/one.sqlite"]) world.database(path).close();
    const opened = vi.fn(async () => Promise.reject(new Error("opened")));
    const { set } = await world.run({ kind: "create" }, { plan: { writable: ["shared", "memory/one.sqlite"].map((path) => join(world.home.stateDir, path)) }, copyDatabase: opened });
    expect([set.databases, opened.mock.calls]).toEqual([0, []]);
  });

  it("is not followed through links, waited for, or let take the disk; and decides nothing", async () => {
    const world = backupWorld();
    world.home.write("outside/secret", "x");
    world.home.link(".openclaw/workspace/link", "outside/secret");
    world.home.link(".openclaw/workspace/folder", "outside");
    execFileSync("mkfifo", [join(world.home.workspace, "pipe")]);
    writeFileSync(join(world.home.workspace, "sparse"), "");
    truncateSync(join(world.home.workspace, "sparse"), 2 ** 36);
    world.home.write(".openclaw/workspace/fits", "x");
    const { set } = await world.run({ kind: "create" });
    expect(set.status).toBe("verified");
    expect(because(world, set.id, "workspace/link")).toBe("link");
    expect(because(world, set.id, "workspace/folder")).toBe("link");
    expect(because(world, set.id, "workspace/pipe")).toBe("special file");
    expect(because(world, set.id, "workspace/sparse")).toContain("backups.workspaces");
    expect(names(world, set.id)).toContain("workspace/fits");
  });

  it("does not make the manifest as long as it likes", async () => {
    const world = backupWorld();
    for (let index = 0; index < 1_200; index += 1) symlinkSync("/", join(world.home.workspace, `link${index}`));
    const { set } = await world.run({ kind: "create" });
    expect(world.manifest(set.id)).toMatchObject({ skipped: expect.objectContaining({ length: 1_000 }) as unknown, skippedMore: 200 });
  });
});

describe("a database that can't be copied", () => {
  it("is named when it is locked, and the rest is kept", async () => {
    const world = backupWorld();
    world.database("state/good.sqlite").close();
    world.database("state/locked.sqlite", "CREATE TABLE t (a); BEGIN EXCLUSIVE");
    const { set } = await world.run({ kind: "create" });
    expect(set).toMatchObject({ status: "degraded", databases: 1, problems: [{ path: "state/locked.sqlite", kind: "locked" }] });
    expect(existsSync(world.stored(set.id, "state/locked.sqlite"))).toBe(false);
  });

  it("is kept as bytes when it is damaged", async () => {
    const world = backupWorld();
    world.database("state/x.sqlite", `CREATE TABLE t (a); ${"INSERT INTO t VALUES (randomblob(3000)); ".repeat(20)}`).close();
    const file = join(world.home.stateDir, "state/x.sqlite");
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4_096 * 3, 4_096 * 9);
    writeFileSync(file, bytes);
    const { set } = await world.run({ kind: "create" });
    expect(set).toMatchObject({ status: "degraded", databases: 0, problems: [{ path: "state/x.sqlite", kind: "damaged", detail: expect.stringMatching(/integrity|read/) as string }] });
    expect(existsSync(world.stored(set.id, "state/x.sqlite"))).toBe(true);
  });

  it("is missed when it is empty, another thing, or cut off", async () => {
    const world = backupWorld();
    for (const name of ["empty", "text", "cut"]) world.database(`state/${name}.sqlite`).close();
    expect((await world.run({ kind: "create" })).set.status).toBe("verified");
    writeFileSync(join(world.home.stateDir, "state/empty.sqlite"), "");
    writeFileSync(join(world.home.stateDir, "state/text.sqlite"), "no database");
    truncateSync(join(world.home.stateDir, "state/cut.sqlite"), 5_000);
    world.home.write(".openclaw/state/new.sqlite", "never was one");
    const { set } = await world.run({ kind: "create" });
    expect(set.status).toBe("degraded");
    expect(Object.fromEntries(set.problems.map(({ path, kind }) => [path.slice(6, -7), kind]))).toEqual({ empty: "no-database", text: "no-database", cut: "damaged", new: "damaged" });
  });

  it("is missed when it is gone and OpenClaw is never without it, and noted when it is another one", async () => {
    const world = backupWorld();
    for (const path of ["state/openclaw.sqlite", "agents/ops/agent/openclaw-agent.sqlite"]) world.database(path).close();
    await world.run({ kind: "create" });
    rmSync(join(world.home.stateDir, "agents"), { recursive: true });
    const without = (await world.run({ kind: "create" })).set;
    expect(without.status).toBe("verified");
    expect(because(world, without.id, "agents/ops/agent/openclaw-agent.sqlite")).toContain("is gone");
    rmSync(join(world.home.stateDir, "state"), { recursive: true });
    expect((await world.run({ kind: "create" })).set.problems).toEqual([{ path: "state/openclaw.sqlite", kind: "no-database", detail: "is gone" }]);
  });

  it.each<[string, (agent: string) => void]>([
    ["is gone", (agent) => rmSync(agent, { recursive: true })],
    ["is an empty mount point", (agent) => (rmSync(agent, { recursive: true }), mkdirSync(agent))],
    ["lies behind a link that leads nowhere", (agent) => rmSync(`${agent}-disk`, { recursive: true })],
  ])("is missed with a configured agent's directory that %s", async (_, lose) => {
    const world = backupWorld();
    const agent = join(world.home.dir, "agent");
    mkdirSync(`${agent}-disk`);
    if (lose.toString().includes("-disk")) symlinkSync(`${agent}-disk`, agent);
    else mkdirSync(agent);
    const database = new DatabaseSync(join(agent, "openclaw-agent.sqlite"));
    database.exec("CREATE TABLE t (a)");
    database.close();
    const plan = { agentDirs: [agent] };
    expect((await world.run({ kind: "create" }, { plan })).set).toMatchObject({ status: "verified", databases: 1 });
    lose(agent);
    for (let run = 0; run < 2; run += 1) expect((await world.run({ kind: "create" }, { plan })).set).toMatchObject({ status: "degraded", problems: [{ path: agent, kind: "no-database" }] });
    // Who takes it out of the configuration misses nothing.
    expect((await world.run({ kind: "create" })).set.status).toBe("verified");
  });

  it("does not make the set before it go", async () => {
    const world = backupWorld();
    world.database("state/x.sqlite").close();
    const good = (await world.run({ kind: "create" })).set.id;
    writeFileSync(join(world.home.stateDir, "state/x.sqlite"), "");
    for (let run = 0; run < 12; run += 1) expect((await world.run({ kind: "create" }, { plan: { keep: { daily: 1, weekly: 0, monthly: 0 } } })).set.status).toBe("degraded");
    expect(readdirSync(join(world.plan.directory, "sets"))).toContain(good);
    expect(readdirSync(join(world.plan.directory, "sets"))).toHaveLength(2);
  });

  it("is undone aside when a crash left a hot journal, and the source stays as it is", async () => {
    const world = backupWorld();
    const writer = world.database("state/x.sqlite", `CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA cache_size = 1; BEGIN; ${"INSERT INTO t VALUES (zeroblob(2000)); ".repeat(200)}`);
    // What a power cut leaves: half of a change, and the journal that undoes it.
    for (const suffix of ["", "-journal"]) copyFileSync(join(world.home.stateDir, `state/x.sqlite${suffix}`), join(world.home.stateDir, `state/hot.sqlite${suffix}`));
    writer.exec("ROLLBACK");
    const before = readFileSync(join(world.home.stateDir, "state/hot.sqlite"));
    const { set } = await world.run({ kind: "create" });
    expect(set).toMatchObject({ status: "verified", databases: 2 });
    expect(world.read(world.stored(set.id, "state/hot.sqlite"), "SELECT a FROM t")).toEqual([{ a: 1 }]);
    expect(readFileSync(join(world.home.stateDir, "state/hot.sqlite"))).toEqual(before);
    expect(existsSync(join(world.home.stateDir, "state/hot.sqlite-journal"))).toBe(true);
  });

  it("has no journal applied that names another file: SQLite would delete that one", async () => {
    const world = backupWorld();
    const victim = world.home.path("victim");
    writeFileSync(victim, "precious");
    const writer = world.database("state/x.sqlite", `CREATE TABLE t (a); PRAGMA cache_size = 1; BEGIN; ${"INSERT INTO t VALUES (zeroblob(2000)); ".repeat(200)}`);
    for (const suffix of ["", "-journal"]) copyFileSync(join(world.home.stateDir, `state/x.sqlite${suffix}`), join(world.home.stateDir, `state/hot.sqlite${suffix}`));
    writer.exec("ROLLBACK");
    const journal = join(world.home.stateDir, "state/hot.sqlite-journal");
    writeFileSync(journal, Buffer.concat([readFileSync(journal), Buffer.from(victim), Buffer.from("d9d505f920a163d7", "hex")]));
    const { set } = await world.run({ kind: "create" });
    expect(set.problems).toMatchObject([{ path: "state/hot.sqlite", kind: "damaged" }]);
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });
});

describe("a file that can't be read", () => {
  // Root reads everything.
  const edges = (world: BackupWorld) => ({ walk: (async (root, visitor, signal) => {
    const { walkForBackup } = await import("../../src/edge/backup-walk.ts");
    await walkForBackup(root, visitor, signal);
    if (root === world.home.stateDir) for (const path of ["credentials/token", "workspace/closed"]) visitor.left(path, "unreadable");
  }) satisfies typeof import("../../src/edge/backup-walk.ts").walkForBackup });

  it("makes the set degraded, except where a sandbox could have closed it", async () => {
    const world = backupWorld();
    const { set } = await world.run({ kind: "create" }, edges(world));
    expect(set).toMatchObject({ status: "degraded", problems: [{ path: "credentials/token", kind: "unreadable" }] });
    expect(because(world, set.id, "workspace/closed")).toBe("unreadable");
  });
});

describe("what did not change", () => {
  it("is shared with the set before, and costs nothing more", async () => {
    const world = backupWorld();
    world.database("state/x.sqlite").close();
    world.home.write(".openclaw/credentials/token", "x");
    const first = (await world.run({ kind: "create" }, LATER)).set;
    const second = await world.run({ kind: "create" }, LATER);
    expect(second.shared).toBe(3);
    for (const path of ["state/x.sqlite", "credentials/token"]) expect(lstatSync(world.stored(second.set.id, path)).ino).toBe(lstatSync(world.stored(first.id, path)).ino);
  });

  it("is told from what did, also when size and time of modification are the same", async () => {
    const world = backupWorld();
    world.home.write(".openclaw/credentials/token", "one");
    const file = join(world.home.stateDir, "credentials/token");
    utimesSync(file, OLD, OLD);
    await world.run({ kind: "create" }, LATER);
    writeFileSync(file, "two");
    utimesSync(file, OLD, OLD);
    const { set } = await world.run({ kind: "create" }, LATER);
    expect(readFileSync(world.stored(set.id, "credentials/token"), "utf8")).toBe("two");
  });

  it("is copied anew when a commit went to the log only", async () => {
    const world = backupWorld();
    const open = world.database("state/x.sqlite");
    await world.run({ kind: "create" }, LATER);
    open.exec("INSERT INTO t VALUES (3)");
    const { set } = await world.run({ kind: "create" }, LATER);
    expect(world.manifest(set.id).files.find(({ path }) => path === "state/x.sqlite")!.database!.rows).toEqual({ t: 3 });
  });

  it("is copied anew when the copy rotted", async () => {
    const world = backupWorld();
    world.home.write(".openclaw/credentials/token", "good");
    const first = (await world.run({ kind: "create" }, LATER)).set;
    writeFileSync(world.stored(first.id, "credentials/token"), "evil");
    const { set, shared } = await world.run({ kind: "create" }, LATER);
    expect(readFileSync(world.stored(set.id, "credentials/token"), "utf8")).toBe("good");
    expect(shared).toBe(1);
  });
});

describe("a run that goes wrong", () => {
  it.each<[string, string]>([["data", "copyBytes"], ["a database", "copyDatabase"]])("publishes nothing when the disk is full at %s", async (_, edge) => {
    const world = backupWorld();
    world.database("state/x.sqlite").close();
    const good = (await world.run({ kind: "create" })).set.id;
    const full = vi.fn(async () => Promise.reject(Object.assign(new Error("ENOSPC"), { code: "ENOSPC" })));
    const error = await rejectionOf(world.run({ kind: "create" }, { [edge]: full }));
    expect(error).toMatchObject({ code: "backup-failed", message: expect.stringContaining("no space left") as string });
    expect([readdirSync(join(world.plan.directory, "sets")), leftovers(world)]).toEqual([[good], []]);
    expect(JSON.parse(readFileSync(join(world.plan.directory, "state.json"), "utf8"))).toMatchObject({ run: { outcome: "failed" }, verified: { id: good } });
  });

  it("publishes nothing that can't be read back", async () => {
    const world = backupWorld();
    const error = await rejectionOf(world.run({ kind: "create" }, { check: async () => [{ path: "openclaw.json", detail: "holds other bytes than were written" }] }));
    expect(error.message).toContain("could not be read back: openclaw.json");
    expect([readdirSync(join(world.plan.directory, "sets")), leftovers(world)]).toEqual([[], []]);
  });

  it("publishes nothing when it is cancelled, at any step", async () => {
    const world = backupWorld();
    world.database("state/x.sqlite").close();
    const abort = new AbortController();
    const check = async () => (abort.abort(), []);
    expect(await rejectionOf(world.run({ kind: "create" }, { check, signal: abort.signal }))).toMatchObject({ message: "it was cancelled." });
    expect(await rejectionOf(world.run({ kind: "create" }, { signal: AbortSignal.abort(new DOMException("", "TimeoutError")) }))).toMatchObject({ message: "it took longer than backups.minutes." });
    expect([readdirSync(join(world.plan.directory, "sets")), leftovers(world)]).toEqual([[], []]);
  });

  it("says that somebody else is at work, and changes nothing", async () => {
    const world = backupWorld();
    const error = await new Promise<unknown>((resolve) => {
      void world.run({ kind: "create" }, { check: async () => (resolve(await rejectionOf(world.run({ kind: "create" }))), []) });
    });
    expect(error).toMatchObject({ code: "backup-busy" });
    await expect.poll(() => readdirSync(join(world.plan.directory, "sets"))).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(world.plan.directory, "state.json"), "utf8"))).toMatchObject({ run: { outcome: "verified" } });
  });

  it("takes a state directory that is gone or empty for no state", async () => {
    const world = backupWorld();
    rmSync(world.home.stateDir, { recursive: true });
    expect(await rejectionOf(world.run({ kind: "create" }))).toMatchObject({ code: "backup-failed", message: expect.stringContaining("there is nothing in") as string });
    mkdirSync(world.home.stateDir);
    expect((await rejectionOf(world.run({ kind: "create" }))).code).toBe("backup-failed");
    expect(readdirSync(join(world.plan.directory, "sets"))).toEqual([]);
  });

  it("removes what one before it left, and nothing else", async () => {
    const world = backupWorld();
    for (const name of [".partial-000009-x", ".removing-x", ".drill-x", "mine"]) world.home.write(`backups/${name}/file`, "x");
    chmodSync(world.plan.directory, 0o700);
    await world.run({ kind: "create" });
    expect(readdirSync(world.plan.directory).toSorted()).toEqual(["mine", "sets", "state.json"]);
  });

  it("writes nothing to a place where nothing may lie", async () => {
    const world = backupWorld();
    const error = await rejectionOf(world.run({ kind: "create" }, { plan: { directory: join(world.home.workspace, "backups") } }));
    expect([error.code, existsSync(join(world.home.workspace, "backups"))]).toEqual(["backup-refused", false]);
  });
});

it.each<[string, (world: BackupWorld) => Partial<BackupStore>]>([
  ["an old set can't be removed", () => ({ remove: () => { throw new Error("EIO: i/o error"); } })],
  ["what is remembered can't be written", () => ({ writeState: () => { throw new Error("EIO: i/o error"); } })],
])("is a set once it is published, also where %s", async (_, broken) => {
  const world = backupWorld();
  const keep = { daily: 1, weekly: 0, monthly: 0 };
  for (let run = 0; run < 3; run += 1) await world.run({ kind: "create" }, { plan: { keep } });
  const result = await world.run({ kind: "create" }, { plan: { keep }, store: { ...backupStore(world.plan.directory), ...broken(world) } });
  expect(result).toMatchObject({ set: { id: expect.stringMatching(/^000004/) as string, status: "verified" }, unfinished: expect.stringContaining("EIO: i/o error") as string });
  expect(renderCreated(result)).toContain("✗ The set is there, but ");
  expect(JSON.parse(readFileSync(join(world.plan.directory, "state.json"), "utf8"))).toMatchObject({ run: { outcome: "verified" } });
  // It is made good by the next one.
  expect((await world.run({ kind: "create" }, { plan: { keep } })).unfinished).toBeUndefined();
});

it("gives names in order whatever the clock says", async () => {
  const world = backupWorld();
  const made: string[] = [];
  for (const at of ["2026-11-28T03:00:00Z", "2031-01-01T00:00:00Z", "2020-01-01T00:00:00Z"]) made.push((await world.run({ kind: "create" }, { date: () => new Date(at) })).set.id);
  expect(made).toEqual(["000001-2026-11-28T03-00-00Z", "000002-2031-01-01T00-00-00Z", "000003-2020-01-01T00-00-00Z"]);
  expect((await world.run({ kind: "list" })).map(({ id }) => id)).toEqual(made);
});

describe("afterwards", () => {
  it("a verified set is copied whole, or a command gets its path", async () => {
    const world = backupWorld();
    mkdirSync(world.home.path("elsewhere"));
    const { set } = await world.run({ kind: "create" }, { plan: { afterwards: world.home.path("elsewhere") } });
    expect(execFileSync("diff", ["-r", world.home.path(`elsewhere/${set.id}`), join(world.plan.directory, "sets", set.id)], { encoding: "utf8" })).toBe("");
    const made = await world.run({ kind: "create" }, { plan: { afterwards: ["sh", "-c", `echo "$1" > ${world.home.path("said")}`, "sh"] } });
    expect(readFileSync(world.home.path("said"), "utf8").trim()).toBe(join(world.plan.directory, "sets", made.set.id));
  });

  it("what goes wrong there is told, and the set is there", async () => {
    const world = backupWorld();
    // The secrets that must not be kept are those of this configuration.
    vi.stubEnv("HOME", world.home.dir);
    onTestFinished(() => void vi.unstubAllEnvs());
    const failed = await world.run({ kind: "create" }, { plan: { afterwards: ["sh", "-c", "echo no route >&2; exit 4"] } });
    expect(failed).toMatchObject({ afterwards: expect.stringContaining("sh ended with 4: no route") as string, set: { status: "verified" } });
    expect((await world.run({ kind: "create" }, { plan: { afterwards: ["no-such-program-here"] } })).afterwards).toContain("not installed");
  });

  it("nothing is done with a degraded set", async () => {
    const world = backupWorld();
    world.home.write(".openclaw/state/x.sqlite", "no database");
    const afterwards = vi.fn(async () => {});
    await world.run({ kind: "create" }, { plan: { afterwards: ["true"] }, afterwards });
    expect(afterwards).not.toHaveBeenCalled();
  });
});
