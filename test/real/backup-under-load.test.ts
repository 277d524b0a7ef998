import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CreateResult } from "../../src/model/backup-results.ts";
import type { SetSummary } from "../../src/model/backup.ts";
import { backupWorld, type BackupWorld } from "../fixtures/backup-world.ts";
import { type JobProcess, setsOf, startJob, startWriter } from "../support/backup-process.ts";

/** Processes of their own, as in use: real locks, real signals, a real full disk. */

const sizeOf = (megabytes: number): string => `CREATE TABLE t (id INTEGER PRIMARY KEY, payload); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${megabytes * 16}) INSERT INTO t SELECT i, randomblob(60000) FROM n`;
const leftovers = ({ plan }: BackupWorld): string[] => readdirSync(plan.directory).filter((name) => name.startsWith("."));
const integrity = (file: string): unknown => {
  const database = new DatabaseSync(file);
  try {
    return database.prepare("PRAGMA integrity_check").get()!.integrity_check;
  } finally {
    database.close();
  }
};

async function create(world: BackupWorld, plan: Partial<BackupWorld["plan"]> = {}): Promise<CreateResult> {
  const { last } = await startJob({ ...world.plan, ...plan }, { kind: "create" }).ended;
  if (!last || !("result" in last)) throw new Error(JSON.stringify(last));
  return last.result as CreateResult;
}

/** Every set that is published is whole; nothing else is called a set. */
async function expectSound(world: BackupWorld): Promise<SetSummary[]> {
  const sets = (await world.run({ kind: "list" })) as SetSummary[];
  expect(sets.map(({ status }) => status)).toEqual(sets.map(() => "verified"));
  for (const { id } of sets) expect(await world.run({ kind: "verify", set: id })).toMatchObject({ damage: [] });
  return sets;
}

it("makes 20 of 20 good copies, none of them stale, while others commit to both kinds of journal", async () => {
  const world = backupWorld({ busyMs: 10_000 });
  const databases = (["wal", "delete"] as const).map((journal) => ({ journal, file: join(world.home.stateDir, "state", `${journal}.sqlite`) }));
  for (const { file } of databases) {
    mkdirSync(join(world.home.stateDir, "state"), { recursive: true });
    const database = new DatabaseSync(file);
    database.exec(sizeOf(4));
    database.close();
  }
  let copies = 0;
  for (const [rate, runs] of [[10, 3], [100, 3], [500, 4]] as const) {
    const writer = await startWriter(rate, databases);
    for (let run = 0; run < runs; run += 1) {
      const before = databases.map(({ file }) => writer.committed(file));
      const { set, tookMs } = await create(world);
      expect(set).toMatchObject({ status: "verified", databases: 2, problems: [] });
      expect(tookMs).toBeLessThan(30_000);
      for (const [index, { journal }] of databases.entries()) {
        const rows = world.read(world.stored(set.id, `state/${journal}.sqlite`), "SELECT max(id) AS last, count(*) AS n FROM t") as { last: number; n: number }[];
        expect(rows[0]!.last).toBeGreaterThanOrEqual(before[index]!);
        expect(rows[0]!.n).toBe(rows[0]!.last);
        copies += 1;
      }
    }
    const after = databases.map(({ file }) => writer.committed(file));
    await writer.stop();
    // Nothing that the writer was promised is lost, though it was killed.
    for (const [index, { file }] of databases.entries()) {
      expect(integrity(file)).toBe("ok");
      expect((world.read(file, "SELECT max(id) AS last FROM t") as { last: number }[])[0]!.last).toBeGreaterThanOrEqual(after[index]!);
    }
  }
  expect(copies).toBe(20);
});

it("loses nothing and publishes nothing wrong when it is killed in each of its phases and at 100 random moments", async () => {
  // A lock of a dead process ages for five seconds: meanwhile the others have their turn.
  const worlds: BackupWorld[] = [];
  const good: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    const world = backupWorld();
    world.database("state/openclaw.sqlite", `PRAGMA journal_mode = ${index % 2 ? "WAL" : "DELETE"}; ${sizeOf(1)}`).close();
    worlds.push(world);
    // The last set of its day is let go of by no run of another day, however many of these publish one before they are killed.
    good.push((await world.run({ kind: "create" }, { date: () => new Date(Date.now() - 86_400_000) })).set.id);
  }
  const probe = backupWorld();
  probe.database("state/openclaw.sqlite", sizeOf(1)).close();
  const began = performance.now();
  await create(probe);
  const whole = performance.now() - began;

  const kill = async (world: BackupWorld, moment: (job: JobProcess) => Promise<void>): Promise<void> => {
    const job = startJob({ ...world.plan, waitMs: 8_000, keep: { daily: 9, weekly: 0, monthly: 0 } }, { kind: "create" });
    await moment(job);
    job.kill("SIGKILL");
    await job.ended;
  };
  await Promise.all((["databases", "files", "reading back"] as const).map((phase, index) => kill(worlds[index]!, (job) => job.reached(phase))));
  // Every moment from the start of the process to its end, each with some luck.
  const atRandom = (round: number, index: number): Promise<void> => kill(worlds[index]!, () => wait(((index * 5 + round + Math.random()) / 100) * whole));
  for (let round = 0; round < 5; round += 1) for (let index = 0; index < 20; index += 2) await Promise.all([atRandom(round, index), atRandom(round, index + 1)]);

  for (const [index, world] of worlds.entries()) {
    const sets = await expectSound(world);
    expect(sets.map(({ id }) => id)).toContain(good[index]);
    expect(integrity(join(world.home.stateDir, "state/openclaw.sqlite"))).toBe("ok");
  }
  // What they left is gone with the next run, and their locks are no obstacle.
  await Promise.all(worlds.slice(0, 4).map(async (world) => expect((await create(world, { waitMs: 20_000 })).set.status).toBe("verified")));
  expect(worlds.slice(0, 4).flatMap(leftovers)).toEqual([]);
});

it("is gone within ten seconds of being asked to end, and leaves nothing", async () => {
  const world = backupWorld();
  world.database("state/openclaw.sqlite", sizeOf(40)).close();
  for (const moment of [() => wait(200), (job: JobProcess) => job.reached("databases"), (job: JobProcess) => job.reached("reading back")]) {
    const job = startJob(world.plan, { kind: "create" });
    await moment(job);
    const asked = performance.now();
    job.kill("SIGTERM");
    const { last } = await job.ended;
    expect(performance.now() - asked).toBeLessThan(10_000);
    if (last) expect(last).toMatchObject({ error: { code: "backup-failed", message: "it was cancelled." } });
    expect([setsOf(world.plan), existsSync(world.plan.directory) ? leftovers(world) : []]).toEqual([[], []]);
  }
});

it("works once where two are asked at the same moment: the other one says busy, or waits", async () => {
  const world = backupWorld({ busyMs: 120_000, deadlineMs: 240_000 });
  // Whichever is first has to wait for this, so that the other one meets it.
  const database = world.database("state/openclaw.sqlite", `${sizeOf(20)}; BEGIN EXCLUSIVE`);
  const both = [startJob(world.plan, { kind: "create" }).ended, startJob(world.plan, { kind: "create" }).ended];
  await Promise.race(both);
  database.exec("COMMIT");
  const outcomes = await Promise.all(both);
  expect(outcomes.map(({ last }) => (last && "error" in last ? last.error.code : "done")).toSorted()).toEqual(["backup-busy", "done"]);
  await Promise.all([create(world, { waitMs: 30_000 }), create(world, { waitMs: 30_000 })]);
  expect(await expectSound(world)).toHaveLength(3);
});

describe("a full disk", () => {
  /** A file system of its own for the sets. */
  function small(size: string): string {
    const path = execFileSync("mktemp", ["-d", "/tmp/fortress-full-XXXXXX"], { encoding: "utf8" }).trim();
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=700`, "tmpfs", path]);
    onTestFinished(() => {
      execFileSync("umount", [path]);
      execFileSync("rmdir", [path]);
    });
    return path;
  }
  const fill = (directory: string, keepFree: number): void => {
    const free = Number(execFileSync("stat", ["-f", "-c", "%a", directory], { encoding: "utf8" })) * Number(execFileSync("stat", ["-f", "-c", "%S", directory], { encoding: "utf8" }));
    execFileSync("fallocate", ["-l", String(free - keepFree), join(directory, "ballast")]);
  };

  it.each<[string, (database: number) => number, boolean]>([
    ["at the first database", () => 64 * 1024, false],
    ["in the middle of a database", (database) => database / 2, false],
    ["at the manifest", (database) => database + 40 * 1024, true],
  ])("%s is a clear error, and the set before stays", async (_, free, copied) => {
    const directory = small("24m");
    const world = backupWorld({ directory });
    world.database("state/openclaw.sqlite", sizeOf(4)).close();
    // Of many empty files the manifest is the larger part.
    for (let index = 0; index < 400; index += 1) world.home.write(`.openclaw/cron/${index}`, "");
    const { set: before } = await create(world);
    // Changed, so that it can't be shared.
    world.database("state/openclaw.sqlite", "INSERT INTO t (payload) VALUES (1)").close();
    fill(directory, free(statSync(join(world.home.stateDir, "state/openclaw.sqlite")).size));
    const { last, phases } = await startJob(world.plan, { kind: "create" }).ended;
    expect(last).toMatchObject({ error: { code: "backup-failed", message: `there is no space left in ${directory}.` } });
    expect(phases.has("reading back")).toBe(copied);
    expect([setsOf(world.plan), leftovers(world)]).toEqual([[before.id], []]);
    await expectSound(world);
    execFileSync("rm", [join(directory, "ballast")]);
    expect((await create(world)).set.status).toBe("verified");
  });
});

it("takes a database that is locked for as long as it may, and no longer", async () => {
  const world = backupWorld({ busyMs: 500 });
  const writer = world.database("state/locked.sqlite", "CREATE TABLE t (a); BEGIN EXCLUSIVE; INSERT INTO t VALUES (1)");
  const { set, tookMs } = await create(world);
  expect(set.problems).toEqual([{ path: "state/locked.sqlite", kind: "locked", detail: "somebody else kept it locked" }]);
  expect(tookMs).toBeLessThan(10_000);
  writer.exec("COMMIT");
  expect((await create(world)).set).toMatchObject({ status: "verified", databases: 1 });
});

it("costs on the disk what changed", async () => {
  const world = backupWorld();
  world.database("state/large.sqlite", sizeOf(8)).close();
  const small = world.database("state/small.sqlite");
  // Until times of files can be believed.
  await wait(2_500);
  await create(world);
  const before = Number(execFileSync("du", ["-s", "-B1", world.plan.directory], { encoding: "utf8" }).split("\t")[0]);
  small.exec("INSERT INTO t VALUES (3)");
  const { set, shared } = await create(world);
  const after = Number(execFileSync("du", ["-s", "-B1", world.plan.directory], { encoding: "utf8" }).split("\t")[0]);
  expect(shared).toBeGreaterThanOrEqual(1);
  expect(statSync(world.stored(set.id, "state/large.sqlite")).nlink).toBe(2);
  expect(after - before).toBeLessThan(2 ** 20);
  expect(readFileSync(world.stored(set.id, "state/small.sqlite")).length).toBeGreaterThan(0);
});
