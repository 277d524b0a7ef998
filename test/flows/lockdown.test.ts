import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { Engine } from "../../src/edge/engine.ts";
import type { Edges } from "../../src/flows/core.ts";
import { FortressError } from "../../src/model/errors.ts";
import type { LockdownState } from "../../src/model/lockdown.ts";
import type { Container } from "../../src/model/sandbox.ts";
import { container } from "../fixtures/container.ts";
import { fakeEngine } from "../fixtures/engine.ts";
import { errorOf } from "../fixtures/errors.ts";
import { secretWorld } from "../fixtures/world.ts";

const LABELS = { "openclaw.sandbox": "1", "openclaw.sessionKey": "agent:main:main" };

/** A gateway with sandboxes `a`, `b` and `c`, the last one stopped, beside what isn't its own. */
function setUp(does: Partial<Engine> = {}, edges: Partial<Edges> = {}) {
  const acted: string[] = [];
  const all = new Map<string, Container>();
  const engine: Engine = fakeEngine({
    sandboxes: async () => [...all.values()],
    inspect: async (id) => [...all.values()].find((each) => each.id === id),
    pause: async (id) => void acted.push(`pause ${id[0]}`),
    unpause: async (id) => void acted.push(`unpause ${id[0]}`),
    kill: async (id) => void acted.push(`kill ${id[0]}`),
    ...does,
  });
  const world = secretWorld("", {}, { engine: () => engine, ...edges });
  const mine = [{ source: world.home.workspace, target: "/workspace", mode: "rw" as const }];
  const add = (name: string, overrides: Partial<Container> = {}): void => void all.set(name, container({ name, id: name.repeat(64), labels: LABELS, binds: mine, ...overrides }));
  add("a");
  add("b");
  add("c", { running: false, pid: 0 });
  add("d", { binds: [{ source: "/srv/other", target: "/workspace", mode: "rw" }] });
  add("e", { labels: {} });
  all.set("short", container({ name: "short", id: "f", labels: LABELS, binds: mine }));
  const actions = async () => (await world.fortress.ledger.read()).records.map(({ action, target, outcome }) => [action, target, outcome].filter(Boolean).join(" "));
  return { ...world, ...world.fortress, add, all, acted, actions };
}

describe("a lockdown", () => {
  it("pauses every running sandbox of this gateway and no other container, refuses, and says so", async () => {
    const { lockdown, host, acted, actions, status, all, add } = setUp();
    expect(() => lockdown.assertOpen()).not.toThrow();
    expect(await lockdown.lock(host, "asked for in chat")).toMatchObject({ state: { because: "asked for in chat" }, paused: ["a", "b"], stopped: [], failed: [] });
    expect(acted.sort()).toEqual(["pause a", "pause b"]);
    expect((await actions()).sort()).toEqual(["lockdown done", "sandbox.paused a done", "sandbox.paused b done"]);
    expect(errorOf(() => lockdown.assertOpen())).toMatchObject({ code: "sandboxes-locked", message: expect.stringContaining("asked for in chat") as string, remedy: expect.stringContaining("thaw") as string });
    add("a", { running: false, paused: true });
    for (const name of ["b", "e", "short"]) all.delete(name);
    const report = await status(host);
    expect(report.lockdown).toMatchObject({ because: "asked for in chat" });
    expect(report.findings.map(({ id }) => id)).toContain("lockdown.active");
    expect(report.findings.map(({ id }) => id)).not.toContain("lockdown.running");
    expect(report.sandboxes.find(({ name }) => name === "a")).toMatchObject({ running: false, paused: true });
  });

  it("is refused to no one by being there already, and keeps its beginning", async () => {
    const { lockdown, host, actions } = setUp();
    const first = await lockdown.lock(host, "first");
    expect((await lockdown.lock(host, "second")).state).toEqual(first.state);
    expect((await actions()).filter((action) => action.startsWith("lockdown"))).toHaveLength(1);
  });

  it("stops what the engine can't pause", async () => {
    const { lockdown, host, acted } = setUp({ pause: () => Promise.reject(new Error("pause is not supported for cgroupv1 rootless containers")) });
    expect(await lockdown.lock(host, "x")).toMatchObject({ paused: [], stopped: ["a", "b"], failed: [] });
    expect(acted.sort()).toEqual(["kill a", "kill b"]);
  });

  it("does not stop what somebody else paused meanwhile", async () => {
    const { lockdown, host, acted } = setUp({ pause: () => Promise.reject(new Error("already paused")), inspect: async () => container({ running: false, paused: true }) });
    expect(await lockdown.lock(host, "x")).toMatchObject({ paused: ["a", "b"], stopped: [], failed: [] });
    expect(acted).toEqual([]);
  });

  it("names what could not be stilled, which is critical", async () => {
    const down = () => Promise.reject(new Error("podman is down"));
    const { lockdown, host, status } = setUp({ pause: down, kill: down });
    expect((await lockdown.lock(host, "x")).failed).toEqual(["a: podman is down", "b: podman is down"]);
    expect((await status(host)).findings).toContainEqual(expect.objectContaining({ id: "lockdown.running", severity: "critical", detail: expect.stringContaining("a, b") as string }));
  });

  it("takes a container that went away meanwhile for done", async () => {
    const gone = () => Promise.reject(new Error("no such container"));
    const { lockdown, host } = setUp({ pause: gone, kill: gone, inspect: async () => undefined });
    expect((await lockdown.lock(host, "x")).failed).toEqual([]);
  });

  it("holds when the engine does not answer, and when the configuration is wrong", async () => {
    const { lockdown } = setUp({ sandboxes: () => Promise.reject(new Error("podman is down")) });
    const outcome = await lockdown.lock(() => {
      throw new FortressError("config-invalid", "wrong", "mend it");
    }, "x");
    expect(outcome.failed).toEqual(["podman: podman is down", "docker: podman is down"]);
    expect(() => lockdown.assertOpen()).toThrow("locked down");
  });

  it("pauses and refuses also where it can't be written down, and says how long it holds then", async () => {
    let written: LockdownState | undefined;
    let full = true;
    const write = (state: LockdownState | undefined): void => {
      if (full) throw new Error("ENOSPC");
      written = state;
    };
    const { lockdown, host, acted, status } = setUp({}, { lockdown: { state: () => written, lock: write, thaw: () => write(undefined) } });
    const outcome = await lockdown.lock(host, "x");
    expect(outcome).toMatchObject({ state: { because: "x" }, paused: ["a", "b"], failed: ["the lockdown could not be written down, so it ends when fortress is loaded anew: ENOSPC"] });
    expect(acted).toHaveLength(2);
    expect(() => lockdown.assertOpen()).toThrow("locked down");
    expect((await status(host)).lockdown).toMatchObject({ because: "x" });
    full = false;
    expect(await lockdown.lock(host, "y")).toMatchObject({ state: outcome.state, failed: [] });
    expect(written).toEqual(outcome.state);
    await lockdown.thaw(host, "z");
    expect(() => lockdown.assertOpen()).not.toThrow();
  });

  it("pauses also what an engine runs that no agent uses any more, and does not mind if that is silent", async () => {
    const { lockdown, host, acted } = setUp();
    expect(await lockdown.lock(() => ({ ...host(), engines: [] }), "x")).toMatchObject({ paused: ["a", "b"], failed: [] });
    expect(acted).toHaveLength(2);
    const silent = setUp({ sandboxes: () => Promise.reject(new Error("docker is down")) });
    expect(await silent.lockdown.lock(() => ({ ...silent.host(), engines: [] }), "x")).toMatchObject({ failed: [] });
  });

  it("does not miss an engine that is not there", async () => {
    const { lockdown, host } = setUp({ sandboxes: () => Promise.reject(new FortressError("engine-missing", "podman is not installed", "x")) });
    expect((await lockdown.lock(host, "x")).failed).toEqual([]);
  });

  it("withholds secrets and commands from every exec", async () => {
    const { exec, lockdown, host } = setUp();
    await lockdown.lock(host, "x");
    const feed = vi.fn();
    await expect(exec("podman", "a".repeat(64), {} as never, "main", { argv: ["podman", "exec"], env: {}, feed })).rejects.toThrow("locked down");
    expect(feed).not.toHaveBeenCalled();
  });

  it("is what a file that can't be understood means, and the report shows it on a wrong configuration, too", async () => {
    const { home, status, host, lockdown } = setUp();
    await lockdown.lock(host, "x");
    writeFileSync(join(home.stateDir, "fortress/lockdown.json"), "{");
    expect((await status(host)).lockdown).toMatchObject({ since: undefined });
    expect((await status(() => { throw new FortressError("config-invalid", "wrong", "mend it"); })).lockdown).toBeDefined();
  });
});

describe("its end", () => {
  it("lets every paused sandbox of this gateway go on, and no other", async () => {
    const { lockdown, host, add, acted, actions, status } = setUp();
    await lockdown.lock(host, "x");
    for (const name of ["a", "b"]) add(name, { running: false, paused: true });
    add("d", { running: false, paused: true, binds: [] });
    acted.length = 0;
    expect(await lockdown.thaw(host, "y")).toMatchObject({ state: undefined, resumed: ["a", "b"], failed: [] });
    expect(acted.sort()).toEqual(["unpause a", "unpause b"]);
    expect(() => lockdown.assertOpen()).not.toThrow();
    expect(await actions()).toContain("thaw done");
    expect((await status(host)).lockdown).toBeUndefined();
  });

  it("is nothing where nothing was locked", async () => {
    const { lockdown, host, actions } = setUp();
    expect(await lockdown.thaw(host, "y")).toMatchObject({ resumed: [], failed: [] });
    expect(await actions()).toEqual([]);
  });
});
