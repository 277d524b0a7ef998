import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/edge/engine.ts";
import { createQuarantineFile } from "../../src/edge/quarantine.ts";
import { createQuarantine } from "../../src/flows/quarantine.ts";
import type { Container } from "../../src/model/sandbox.ts";
import { container } from "../fixtures/container.ts";
import { fakeEngine } from "../fixtures/engine.ts";
import { errorOf } from "../fixtures/errors.ts";
import { secretWorld } from "../fixtures/world.ts";

const LABELS = { "openclaw.sandbox": "1", "openclaw.sessionKey": "agent:ops" };
const ID = "a".repeat(64);
const NEW_ID = "b".repeat(64);

/** A gateway with one sandbox of the agent `ops`, and an engine that notes what it is asked. */
function setUp(does: Partial<Engine> = {}) {
  const calls: string[] = [];
  const all = new Map<string, Container>();
  const engine = fakeEngine({
    sandboxes: async () => [...all.values()],
    inspect: async (id) => (calls.push(`inspect ${id[0]}`), all.get(id)),
    kill: async (id) => {
      calls.push(`kill ${id[0]}`);
      all.set(id, { ...all.get(id)!, running: false, pid: 0 });
    },
    ...does,
  });
  const world = secretWorld("", {}, { engine: () => engine });
  const add = (id: string, overrides: Partial<Container> = {}): Container => {
    const made = container({ id, name: "sbx-ops", labels: LABELS, binds: [{ source: world.home.workspace, target: "/workspace", mode: "rw" }], ...overrides });
    all.set(id, made);
    return made;
  };
  const file = createQuarantineFile(join(world.home.stateDir, "fortress"));
  const { quarantine, status, reconcile, ledger } = world.fortress;
  const refusal = () => quarantine.assertFree("podman", "agent:ops").then(() => undefined, (error: unknown) => error);
  /** The same after a restart of the gateway. */
  const again = () => createQuarantine({ edges: { engine: () => engine, quarantine: file }, ledger } as unknown as Parameters<typeof createQuarantine>[0], () => 0);
  const findings = async () => (await status(world.host)).findings.filter(({ id }) => id === "liveness.quarantined");
  const deeds = async () => (await ledger.read()).records.map(({ action, target, outcome, detail }) => ({ action, target, outcome, detail }));
  return { ...world, sandbox: { engine: "podman" as const, container: add(ID) }, quarantine, reconcile, calls, all, add, file, refusal, again, findings, deeds };
}

describe("a quarantined container", () => {
  it("is ended, and refused with why and what to do, also after a restart of the gateway", async () => {
    const { quarantine, sandbox, calls, deeds, refusal, again, findings } = setUp();
    expect(await refusal()).toBeUndefined();
    await quarantine.hold(sandbox, "it hangs");
    expect(calls).toEqual(["kill a"]);
    expect(await deeds()).toEqual([{ action: "sandbox.quarantined", target: "sbx-ops", outcome: "done", detail: undefined }]);
    const expected = { code: "sandbox-quarantined", message: expect.stringMatching(/^sbx-ops is quarantined since \S+Z: it hangs\.$/) as string, remedy: expect.stringMatching(/openclaw sandbox recreate --agent ops$/) as string };
    expect(await refusal()).toMatchObject(expected);
    await expect(again().assertFree("podman", "agent:ops")).rejects.toMatchObject(expected);
    expect(errorOf(() => quarantine.assertUsable("podman", "sbx-ops"))).toMatchObject(expected);
    expect(await findings()).toMatchObject([{ severity: "critical", detail: expect.stringContaining("sbx-ops") as string, remedy: expected.remedy }]);
  });

  it("is not used again until it is gone, and what is made then is free", async () => {
    const { quarantine, sandbox, all, add, refusal, findings, file } = setUp();
    await quarantine.hold(sandbox, "it hangs");
    all.clear();
    add(NEW_ID);
    expect(await refusal()).toBeUndefined();
    expect(() => quarantine.assertUsable("podman", "sbx-ops")).not.toThrow();
    expect([await findings(), file.read()]).toEqual([[], []]);
  });

  it("is told of no more once it is gone, and costs no look at the engine from then on", async () => {
    const { quarantine, sandbox, all, findings, calls } = setUp();
    await quarantine.hold(sandbox, "it hangs");
    all.clear();
    expect(await findings()).toEqual([]);
    calls.length = 0;
    await quarantine.settle();
    expect(calls).toEqual([]);
  });

  it("stays so while the engine does not answer", async () => {
    const { quarantine, sandbox, refusal, findings } = setUp({ inspect: () => Promise.reject(new Error("podman is down")) });
    await quarantine.hold(sandbox, "it hangs");
    await quarantine.settle();
    expect([await refusal(), await findings()]).toMatchObject([{ code: "sandbox-quarantined" }, { length: 1 }]);
  });

  it("says nothing of other agents' sandboxes, other engines' or a browser's", async () => {
    const { quarantine, add } = setUp();
    await quarantine.hold({ engine: "podman", container: add(NEW_ID, { name: "browser", labels: { ...LABELS, "openclaw.sandboxBrowser": "1" } }) }, "it hangs");
    await expect(quarantine.assertFree("podman", "agent:ops")).resolves.toBeUndefined();
    await quarantine.hold({ engine: "podman", container: add(ID) }, "it hangs");
    await expect(quarantine.assertFree("podman", "agent:main")).resolves.toBeUndefined();
    await expect(quarantine.assertFree("docker", "agent:ops")).resolves.toBeUndefined();
    expect(() => quarantine.assertUsable("podman", "sbx-main")).not.toThrow();
    await expect(quarantine.assertFree("podman", "agent:ops")).rejects.toThrow("sbx-ops");
  });

  it("is ended again when somebody starts it, which is no finding of its own", async () => {
    const { quarantine, reconcile, sandbox, add, calls, host, findings } = setUp();
    await quarantine.hold(sandbox, "it hangs");
    add(ID);
    calls.length = 0;
    await reconcile.all(host());
    expect([[...calls], reconcile.findings(), (await findings()).length]).toEqual([["kill a"], [], 1]);
  });

  it("is none where it went away meanwhile", async () => {
    const { quarantine, sandbox, deeds, refusal, findings } = setUp({ kill: () => Promise.reject(new Error("no such container")), inspect: async () => undefined });
    await quarantine.hold(sandbox, "it hangs");
    expect([await deeds(), await refusal(), await findings()]).toEqual([[], undefined, []]);
  });

  it("is refused although it could not be ended", async () => {
    const { quarantine, sandbox, deeds, refusal } = setUp({ kill: () => Promise.reject(new Error("podman is down")) });
    await quarantine.hold(sandbox, "it hangs");
    await quarantine.hold(sandbox, "it still hangs");
    expect(await deeds()).toMatchObject([{ outcome: "failed", detail: "podman is down" }, { outcome: "failed" }]);
    expect(await refusal()).toMatchObject({ message: expect.stringContaining("it hangs") as string });
  });
});

describe("a file that can't be understood", () => {
  it("refuses every sandbox, keeps what is added, and ends when somebody removes it", async () => {
    const { quarantine, sandbox, file, refusal, findings, deeds, home } = setUp();
    mkdirSync(join(home.stateDir, "fortress"), { recursive: true });
    writeFileSync(file.path, "?");
    await expect(quarantine.assertFree("podman", "agent:main")).rejects.toMatchObject({ code: "sandbox-quarantined", message: expect.stringContaining(file.path) as string, remedy: expect.stringContaining("openclaw fortress log") as string });
    expect(() => quarantine.assertUsable("podman", "sbx-main")).toThrow(file.path);
    await quarantine.hold(sandbox, "it hangs");
    expect(await deeds()).toMatchObject([{ outcome: "failed", detail: expect.stringContaining("could not be written down") as string }]);
    expect(await findings()).toMatchObject([{ detail: expect.stringContaining(file.path) as string }, { detail: expect.stringContaining("sbx-ops") as string }]);
    rmSync(file.path);
    await expect(quarantine.assertFree("podman", "agent:main")).resolves.toBeUndefined();
    expect(await refusal()).toMatchObject({ message: expect.stringContaining("sbx-ops") as string });
  });
});
