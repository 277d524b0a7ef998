import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createMaintenance } from "../../../src/flows/maintenance/run.ts";
import { type MaintenanceStep, well } from "../../../src/flows/maintenance/step.ts";
import { rejectionOf } from "../../fixtures/errors.ts";
import { maintenanceWorld, NOW } from "./world.ts";

const step = (id: string, run: MaintenanceStep["run"] = async () => well("Done."), everyDays = 1): MaintenanceStep => ({ id, title: id, everyDays, maxMinutes: 1, run });
const FINDING = { id: "secrets.leaked", severity: "critical", detail: "It leaks.", remedy: "Mend it." } as const;
const later = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);

it("does every step although one fails, writes each down, and leaves what they came to for the status", async () => {
  const { core, host, deeds } = maintenanceWorld();
  const maintenance = createMaintenance(core, [step("one"), step("two", () => Promise.reject(new Error("podman is down"))), step("three", async () => ({ outcome: "found", detail: "Bad.", findings: [FINDING] }))]);
  expect([maintenance.report(), maintenance.findings()]).toEqual([undefined, []]);
  const done = await maintenance.run(() => host);
  expect(done?.map(({ id, outcome }) => [id, outcome])).toEqual([["one", "well"], ["two", "failed"], ["three", "found"]]);
  expect(await deeds()).toEqual(["maintenance.one done", "maintenance.two failed", "maintenance.three done"]);
  const another = createMaintenance(core, []);
  expect(another.report()).toEqual({ ranAt: NOW.toISOString(), steps: [{ id: "one", outcome: "well", detail: "Done." }, { id: "two", outcome: "failed", detail: "podman is down" }, { id: "three", outcome: "found", detail: "Bad." }] });
  expect(another.findings()).toEqual([expect.objectContaining({ id: "maintenance.failed", detail: "The step two of the daily maintenance failed: podman is down", remedy: expect.stringContaining("--only two") as string }), FINDING]);
});

it("is due once a day, and overdue when it did not come to its end", async () => {
  const { core, host, state } = maintenanceWorld();
  const maintenance = createMaintenance(core, [step("one")]);
  await maintenance.begin();
  expect([maintenance.isDue(), maintenance.isOverdue()]).toEqual([false, false]);
  state.now = later(24);
  expect(maintenance.isDue()).toBe(true);
  await maintenance.begin();
  state.now = later(31);
  expect([maintenance.isOverdue(), maintenance.findings().map(({ id }) => id)]).toEqual([true, ["maintenance.overdue"]]);
  await maintenance.run(() => host);
  expect([maintenance.isDue(), maintenance.isOverdue(), maintenance.findings()]).toEqual([false, false, []]);
});

describe("one step alone", () => {
  it("is done, and the day's run is still due", async () => {
    const { core, host, state } = maintenanceWorld();
    const maintenance = createMaintenance(core, [step("one"), step("two")]);
    await maintenance.begin();
    state.now = later(24);
    expect((await maintenance.run(() => host, { only: "two" }))?.map(({ id }) => id)).toEqual(["two"]);
    expect(maintenance.isDue()).toBe(true);
  });

  it("takes back what it said before", async () => {
    const { core, host } = maintenanceWorld();
    const state = { bad: true };
    const maintenance = createMaintenance(core, [step("one", async () => (state.bad ? { outcome: "found", detail: "Bad.", findings: [FINDING] } : well("Good."))), step("two")]);
    await maintenance.run(() => host);
    state.bad = false;
    await maintenance.run(() => host, { only: "one" });
    expect([maintenance.findings(), maintenance.report()?.steps.map(({ id, detail }) => [id, detail])]).toEqual([[], [["one", "Good."], ["two", "Done."]]]);
  });

  it("must be one that there is", async () => {
    const { core, host, deeds } = maintenanceWorld();
    const error = await rejectionOf(createMaintenance(core, [step("one")]).run(() => host, { only: "none" }));
    expect(error).toMatchObject({ code: "config-invalid", message: '--only: "none" is no step of the maintenance.', remedy: "Steps are: one." });
    expect(await deeds()).toEqual([]);
  });
});

it("leaves out what is to be skipped, and what it said before", async () => {
  const all = [step("logs", () => Promise.reject(new Error("no"))), step("two")];
  const { core, host } = maintenanceWorld({ config: { maintenance: { skip: ["logs"] } } });
  await createMaintenance(core, all).run(() => host, { only: "logs" });
  expect((await createMaintenance(core, all).run(() => host))?.map(({ id }) => id)).toEqual(["two"]);
  expect(createMaintenance(core, all).findings()).toEqual([]);
});

it("does a weekly step once a week, and keeps what it came to", async () => {
  const { core, host, state } = maintenanceWorld();
  const maintenance = createMaintenance(core, [step("daily"), step("weekly", undefined, 7)]);
  const days: string[] = [];
  for (let day = 0; day < 15; day += 1) {
    state.now = later(24 * day);
    days.push((await maintenance.run(() => host))!.map(({ id }) => id).join());
    expect(maintenance.report()?.steps).toHaveLength(2);
  }
  expect(days.flatMap((ids, day) => (ids.includes("weekly") ? [day] : []))).toEqual([0, 7, 14]);
});

it("is done by one process while others leave it alone", async () => {
  const { core, host } = maintenanceWorld();
  const state = { done: (): void => {} };
  const slow = createMaintenance(core, [step("one", () => new Promise((resolve) => (state.done = () => resolve(well("Done.")))))]);
  const first = slow.run(() => host);
  await expect.poll(() => String(state.done)).toContain("resolve");
  expect(await createMaintenance(core, [step("one")]).run(() => host)).toBeUndefined();
  state.done();
  expect(await first).toHaveLength(1);
});

it("keeps what was done when it dies in the middle, and is tried again an hour later", async () => {
  const { core, host, state } = maintenanceWorld();
  const maintenance = createMaintenance(core, [step("one"), step("two", () => new Promise(() => {}))]);
  await maintenance.begin();
  state.now = later(24);
  void maintenance.run(() => host);
  await expect.poll(() => readFileSync(join(core.edges.stateDir, "fortress/maintenance.json"), "utf8")).toContain("Done.");
  expect(maintenance.isDue()).toBe(false);
  state.now = later(25.1);
  expect(maintenance.isDue()).toBe(true);
});

it("takes a step that does not end for one that failed", async () => {
  const after: ((ms: number) => void)[] = [];
  const { core, host } = maintenanceWorld();
  const clock = { now: () => 0, after: (ms: number, action: () => void) => (after.push((limit) => ms <= limit && action()), () => {}) };
  const maintenance = createMaintenance({ ...core, edges: { ...core.edges, watch: { ...core.edges.watch, clock } } }, [step("stuck", () => new Promise(() => {})), step("two")]);
  const run = maintenance.run(() => host);
  await expect.poll(() => after.length).toBe(1);
  after[0]!(60_000);
  expect((await run)?.map(({ detail }) => detail)).toEqual(["it did not come to its end within 1 minutes", "Done."]);
});

it("masks what a step says, and what it failed with", async () => {
  const world = maintenanceWorld();
  world.home.write(".config/openclaw-secrets/secrets.env", "A_KEY=canary-8f1c-long\n");
  chmodSync(world.home.secretsDir, 0o700);
  chmodSync(join(world.home.secretsDir, "secrets.env"), 0o600);
  const maintenance = createMaintenance(world.core, [step("one", () => Promise.reject(new Error("bad canary-8f1c-long"))), step("two", async () => ({ outcome: "found", detail: "canary-8f1c-long", findings: [{ ...FINDING, detail: "in canary-8f1c-long" }] }))]);
  await maintenance.run(() => world.host);
  const kept = readFileSync(join(world.home.stateDir, "fortress/maintenance.json"), "utf8") + readFileSync(join(world.home.stateDir, "fortress/ledger.jsonl"), "utf8");
  expect(kept).toContain("[secret A_KEY]");
  expect(kept).not.toContain("canary");
});

it("says that nothing is known where what the last run left can't be read, and begins anew", async () => {
  const { core, host, home } = maintenanceWorld();
  const maintenance = createMaintenance(core, [step("one")]);
  home.mkdir(".openclaw/fortress");
  writeFileSync(join(home.stateDir, "fortress/maintenance.json"), '{"version": 9}');
  expect([maintenance.report(), maintenance.findings().map(({ id }) => id)]).toEqual([undefined, ["maintenance.overdue"]]);
  await maintenance.run(() => host);
  expect([maintenance.report()?.steps.length, maintenance.findings()]).toEqual([1, []]);
});

it("begins nothing and rejects nothing where the state directory can't be written", async () => {
  const { core } = maintenanceWorld({ maintenance: { record: { read: () => undefined, write: () => {}, exclusively: () => Promise.reject(new Error("EROFS")) } } });
  expect(await createMaintenance(core, []).begin()).toBeUndefined();
});
