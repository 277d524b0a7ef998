import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { STEP_IDS } from "../../../src/config/maintenance-section.ts";
import type { Images } from "../../../src/edge/images.ts";
import type { Backups } from "../../../src/flows/backup.ts";
import { backup } from "../../../src/flows/maintenance/backup.ts";
import { containers } from "../../../src/flows/maintenance/containers.ts";
import { drill } from "../../../src/flows/maintenance/drill.ts";
import { evidence } from "../../../src/flows/maintenance/evidence.ts";
import { images } from "../../../src/flows/maintenance/images.ts";
import { leaks, resultOf } from "../../../src/flows/maintenance/leaks.ts";
import { logs } from "../../../src/flows/maintenance/logs.ts";
import type { MaintenanceStep } from "../../../src/flows/maintenance/step.ts";
import { stepsWith } from "../../../src/flows/maintenance/steps.ts";
import type { ScanReport } from "../../../src/flows/secrets-scan.ts";
import type { BackupState, SetSummary } from "../../../src/model/backup.ts";
import type { CreateResult } from "../../../src/model/backup-results.ts";
import type { ImageMemory } from "../../../src/model/maintenance.ts";
import { rejectionOf } from "../../fixtures/errors.ts";
import { daysAgo, type MaintenanceWorld, maintenanceWorld, NOW, sandbox } from "./world.ts";

/** One step in a world; and what it remembers. */
async function run(step: MaintenanceStep, { core, host }: MaintenanceWorld, more: Partial<MaintenanceWorld["host"]> = {}, memory: readonly ImageMemory[] = []) {
  let remembered: readonly ImageMemory[] | undefined;
  const result = await step.run({ core, host: { ...host, ...more }, now: NOW, images: memory, remember: (next) => (remembered = next) });
  return { ...result, remembered };
}

it("has the steps that the configuration can leave out", () => {
  expect(stepsWith({} as Backups).map(({ id }) => id)).toEqual(STEP_IDS);
});

describe("backups", () => {
  const hoursAgo = (hours: number): BackupState => ({ verified: { id: "000001-x", createdAt: new Date(NOW.getTime() - hours * 3_600_000).toISOString() } as SetSummary });
  const made = (status: "verified" | "degraded"): ReturnType<Backups["create"]> => Promise.resolve({ set: { id: "000002-x", status } } as CreateResult);

  it.each<[string, BackupState, Record<string, unknown>, number]>([
    ["none was ever made", {}, {}, 1],
    ["the newest verified one is old", hoursAgo(21), {}, 1],
    ["one was made within a day", hoursAgo(19), {}, 0],
    ["they are off", {}, { enabled: false }, 0],
  ])("where %s", async (_, state, backups, times) => {
    const create = vi.fn(() => made("verified"));
    const { outcome, detail } = await run(backup({ create, state: () => state }), maintenanceWorld({ config: { backups } }));
    expect([create.mock.calls.length, outcome]).toEqual([times, "well"]);
    expect(detail).toMatch(times > 0 ? /^Backup 000002-x was made and is verified\.$/ : /19 hours old|off/);
  });

  it("that lack something are no success, and those that can't be made are a failure", async () => {
    const world = maintenanceWorld();
    expect(await run(backup({ create: () => made("degraded"), state: () => ({}) }), world)).toMatchObject({ outcome: "found", detail: "Backup 000002-x was made and is degraded." });
    await expect(run(backup({ create: () => Promise.reject(new Error("no space")), state: () => ({}) }), world)).rejects.toThrow("no space");
  });

  it("are tried once a week, where there are any", async () => {
    const world = maintenanceWorld();
    const attempt = (outcome: "passed" | "failed") => drill({ drill: async () => ({ set: "000001-x", outcome, detail: "3 databases" }), state: () => hoursAgo(1) });
    expect(attempt("passed").everyDays).toBe(7);
    expect(await run(attempt("passed"), world)).toMatchObject({ outcome: "well", detail: "000001-x: 3 databases." });
    expect(await run(attempt("failed"), world)).toMatchObject({ outcome: "failed" });
    expect(await run(drill({ drill: () => Promise.reject(new Error("not asked for")), state: () => ({}) }), world)).toMatchObject({ outcome: "well", detail: "There is no verified backup to try." });
  });
});

describe("sandboxes that OpenClaw forgot", () => {
  const ID = (digit: string): string => digit.repeat(64);

  it("are removed, or named where they run, and nothing else is, whatever it looks like", async () => {
    const world = maintenanceWorld({ maintenance: { registry: async () => new Set(["known"]) } });
    const old = { running: false, pid: 0, stoppedMs: daysAgo(8) };
    const elsewhere = { binds: [{ source: "/srv/other", target: "/workspace", mode: "rw" as const }] };
    world.state.containers = [
      sandbox(world.home, { ...old, id: ID("1"), name: "forgotten" }),
      sandbox(world.home, { ...old, id: ID("2"), name: "known" }),
      sandbox(world.home, { id: ID("3"), name: "running" }),
      sandbox(world.home, { ...old, id: ID("4"), name: "foreign", ...elsewhere }),
      sandbox(world.home, { ...old, id: ID("5"), name: "unlabelled", labels: {} }),
      sandbox(world.home, { ...old, id: "6", name: "short" }),
      sandbox(world.home, { ...old, id: ID("7"), name: "yesterday", stoppedMs: daysAgo(1) }),
    ];
    expect(await run(containers, world)).toMatchObject({
      outcome: "found",
      detail: "4 sandboxes, 3 stopped, 1 removed: forgotten; 1 forgotten and running.",
      findings: [{ id: "sandbox.forgotten", severity: "warn", detail: expect.stringMatching(/^running runs although/) as string, remedy: expect.stringContaining("podman rm --force running") as string }],
    });
    expect([world.state.removed, await world.deeds()]).toEqual([[ID("1")], ["container.removed forgotten done"]]);
  });

  it("stay where nobody knows what OpenClaw knows", async () => {
    const world = maintenanceWorld({ maintenance: { registry: async () => undefined } });
    world.state.containers = [sandbox(world.home, { running: false, stoppedMs: daysAgo(100) })];
    expect(await run(containers, world)).toMatchObject({ outcome: "partial", detail: expect.stringContaining("registry of sandboxes could not be read") as string });
    expect(world.state.removed).toEqual([]);
  });

  it("are a failure where the engine refuses, and none where they are gone already", async () => {
    const refuses = { removeStopped: () => Promise.reject(new Error("container is running")) };
    const stays = maintenanceWorld({ engine: { ...refuses, inspect: async () => sandbox(stays.home) } });
    const gone = maintenanceWorld({ engine: { ...refuses, inspect: async () => undefined } });
    for (const world of [stays, gone]) world.state.containers = [sandbox(world.home, { name: "old", running: false, stoppedMs: daysAgo(100) })];
    expect((await rejectionOf(run(containers, stays))).message).toBe("old: container is running");
    expect([await stays.deeds(), (await run(containers, gone)).outcome, await gone.deeds()]).toEqual([["container.removed old failed"], "well", []]);
  });

  it("can't be looked for where the engine does not answer", async () => {
    const world = maintenanceWorld();
    world.state.engineDown = true;
    expect((await rejectionOf(run(containers, world))).message).toBe("podman: podman is down");
  });
});

describe("unused images", () => {
  const OLD = "2026-01-01T00:00:00.000Z";
  const store = (overrides: Partial<Images> = {}): { readonly images: Images; readonly removed: string[] } => {
    const removed: string[] = [];
    const list = async () => [{ id: "a", names: ["localhost/openclaw-sandbox:old"], layers: ["x"] }, { id: "b", names: ["localhost/openclaw-sandbox:new"], layers: ["y"] }, { id: "c", names: ["localhost/openclaw-sandbox:named"], layers: ["z"] }];
    return { removed, images: { list, usedBy: async () => new Map([["c".repeat(64), "b"]]), remove: async ({ id }) => (removed.push(id), true), ...overrides } };
  };
  const memory: ImageMemory[] = ["a", "b", "c"].map((id) => ({ engine: "podman", id, ours: false, unusedSince: OLD }));
  const named = { images: ["openclaw-sandbox:named"] };

  it("are removed, and what a sandbox or the configuration uses stays", async () => {
    const { images: edge, removed } = store();
    const world = maintenanceWorld({ maintenance: { images: () => edge } });
    world.state.containers = [sandbox(world.home)];
    const { outcome, detail, remembered } = await run(images, world, named, memory);
    expect([outcome, detail, removed]).toEqual(["well", "3 images of sandboxes, 1 removed (localhost/openclaw-sandbox:old), 0 unused for now.", ["a"]]);
    expect(remembered?.filter(({ id }) => id !== "a")).toEqual([{ engine: "podman", id: "b", ours: true }, { engine: "podman", id: "c", ours: true }]);
    expect(await world.deeds()).toEqual(["image.removed localhost/openclaw-sandbox:old done"]);
  });

  it("stay without a word where the engine says that something uses them by now", async () => {
    const world = maintenanceWorld({ maintenance: { images: () => store({ remove: async () => false }).images } });
    expect(await run(images, world, named, memory)).toMatchObject({ outcome: "well", detail: expect.stringContaining("0 removed") as string });
    expect(await world.deeds()).toEqual([]);
  });

  it("are a failure where the engine fails, and what is known of them is kept", async () => {
    const world = maintenanceWorld({ maintenance: { images: () => store({ list: () => Promise.reject(new Error("storage is damaged")) }).images } });
    let remembered: readonly ImageMemory[] = [];
    const error = await rejectionOf(images.run({ core: world.core, host: world.host, now: NOW, images: memory, remember: (next) => (remembered = next) }));
    expect([error.message, remembered]).toEqual(["storage is damaged", memory]);
  });

  it("are not looked for where the engine's sandboxes can't be seen", async () => {
    const { images: edge, removed } = store();
    const world = maintenanceWorld({ maintenance: { images: () => edge } });
    world.state.engineDown = true;
    expect((await rejectionOf(run(images, world, named, memory))).message).toBe("podman is down");
    expect(removed).toEqual([]);
  });
});

it("removes evidence that is older than the configuration says", async () => {
  const asked: string[] = [];
  const world = maintenanceWorld({ config: { maintenance: { evidenceDays: 10 } }, maintenance: { expireEvidence: (before) => (asked.push(before.toISOString()), 2) } });
  expect(await run(evidence, world)).toMatchObject({ outcome: "well", detail: "2 files older than 10 days were removed." });
  expect(asked).toEqual([new Date(daysAgo(10)).toISOString()]);
});

describe("logs", () => {
  const files = (bytes: number) => ({ maintenance: { logFiles: (paths: readonly string[]) => paths.filter((path) => path.endsWith(".log")).map((path) => ({ path, bytes })) } });

  it("are well when they are rotated", async () => {
    expect(await run(logs, maintenanceWorld(files(1)), { logs: ["/l.log"] })).toMatchObject({ outcome: "well", detail: "1 log file of OpenClaw, 0 too large; no running sandbox, 0 with a log without bound.", findings: [] });
  });

  it("are a finding when one is not", async () => {
    const world = maintenanceWorld(files(3_000));
    expect(await run(logs, world, { logs: ["/l.log"], maxLogBytes: 1_000 })).toMatchObject({ outcome: "found", findings: [{ id: "logs.unbounded", severity: "warn", detail: "/l.log has 2.9 KiB and is not rotated at 1000 B." }] });
  });

  it("of a running sandbox need a bound, too", async () => {
    const world = maintenanceWorld();
    const log = { driver: "k8s-file" };
    world.state.containers = [sandbox(world.home, { log }), sandbox(world.home, { id: "d".repeat(64), running: false, log })];
    expect(await run(logs, world)).toMatchObject({ outcome: "found", detail: expect.stringContaining("1 running sandbox, 1 with a log without bound") as string });
  });

  it("that can't be looked at are not well", async () => {
    const world = maintenanceWorld();
    world.state.engineDown = true;
    expect(await run(logs, world)).toMatchObject({ outcome: "partial", detail: expect.stringContaining("podman is down") as string });
  });
});

describe("leaked secrets", () => {
  const withSecret = (): MaintenanceWorld => {
    const world = maintenanceWorld();
    world.home.write(".config/openclaw-secrets/secrets.env", "A_KEY=canary-8f1c-long\n");
    chmodSync(world.home.secretsDir, 0o700);
    chmodSync(join(world.home.secretsDir, "secrets.env"), 0o600);
    return world;
  };

  it("are found in what a sandbox can read, by file and name", async () => {
    const world = withSecret();
    mkdirSync(join(world.home.workspace, "a"));
    writeFileSync(join(world.home.workspace, "a/.env"), "x=canary-8f1c-long");
    const { outcome, findings } = await run(leaks, world, { engines: [] });
    expect([outcome, findings]).toEqual(["found", [expect.objectContaining({ id: "secrets.leaked", severity: "critical", detail: `The value of A_KEY stands in ${world.home.workspace}/a/.env (plain), where a sandbox or a reader of logs can see it.` })]]);
    expect(JSON.stringify(findings)).not.toContain("canary");
  });

  it("are not found where there is none", async () => {
    expect(await run(leaks, withSecret(), { engines: [] })).toMatchObject({ outcome: "well", detail: expect.stringContaining("for 1 secret: none was found.") as string, findings: [] });
    expect(await run(leaks, maintenanceWorld(), { engines: [] })).toMatchObject({ outcome: "well", detail: "There is no secret to search for." });
  });

  it("may be where nobody looked, which is no pass", async () => {
    const world = withSecret();
    world.state.engineDown = true;
    expect(await run(leaks, world)).toMatchObject({ outcome: "partial", findings: [{ id: "secrets.unsearched", severity: "warn", detail: expect.stringContaining("podman is down") as string }] });
  });

  const report = (overrides: Partial<ScanReport>): ScanReport => ({ complete: true, hits: [], searched: { roots: ["/w"], files: 2, bytes: 9, secrets: ["A", "B"] }, tooShort: [], skipped: [], unseen: [], ...overrides });

  it("are one finding for a file, whatever their encoding, and ten at most", () => {
    const hits = [{ name: "A", form: "plain", where: "/w/0" }, { name: "A", form: "base64", where: "/w/0" }, ...Array.from({ length: 20 }, (_, index) => ({ name: "B", form: "plain", where: `/w/${index}` }))] as ScanReport["hits"];
    const { detail, findings } = resultOf(report({ hits }));
    expect(detail).toBe("2 files in 1 place searched for 2 secrets: found in 21 places.");
    expect(findings.map((each) => each.detail)).toEqual([expect.stringContaining("of A stands in /w/0 (plain, base64)"), ...Array<unknown>(9).fill(expect.stringContaining("of B stands")), "Values of secrets stand in 11 more places."]);
  });

  it("are not said to be absent with half of the tree unread, nor is a hit hidden by it", () => {
    const skipped: ScanReport["skipped"] = [{ reason: "out of time", count: 9, examples: ["/w/big"] }];
    expect(resultOf(report({ complete: false, skipped }))).toMatchObject({ outcome: "partial", findings: [{ id: "secrets.unsearched", detail: "Not everything that a sandbox can read was searched for leaked secrets: out of time: /w/big" }] });
    expect(resultOf(report({ complete: false, skipped, hits: [{ name: "A", form: "plain", where: "/w" }] }))).toMatchObject({ outcome: "found", findings: [{ id: "secrets.leaked" }, { id: "secrets.unsearched" }] });
  });
});
