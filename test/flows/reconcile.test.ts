import { describe, expect, it, vi } from "vitest";
import type { Engine } from "../../src/edge/engine.ts";
import type { Change } from "../../src/flows/reconcile.ts";
import { FortressError } from "../../src/model/errors.ts";
import type { Container, Limits } from "../../src/model/sandbox.ts";
import { container, LIMITS } from "../fixtures/container.ts";
import { errorOf } from "../fixtures/errors.ts";
import { fakeEngine } from "../fixtures/engine.ts";
import { cgroup, kernel, kernelMount } from "../fixtures/kernel.ts";
import { REQUESTED } from "../fixtures/home.ts";
import { secretWorld } from "../fixtures/world.ts";

// Some tests bring back a hundred sandboxes, and each deed waits for the disk.
vi.setConfig({ testTimeout: 120_000 });

const LABELS = { "openclaw.sandbox": "1", "openclaw.sessionKey": "agent:main:main" };
const idOf = (name: string): string => name.repeat(64);

const silence = (): Promise<never> => Promise.reject(new FortressError("engine-silent", "podman did not answer.", "Wait."));

/** A gateway with one or more sandboxes, each with limits of its own in the kernel. */
function setUp(names: readonly string[] = ["a"], does: Partial<Engine> = {}, secrets: Record<string, unknown> = {}, sections: Record<string, unknown> = {}) {
  const limits = new Map<number, Limits>();
  const all = new Map<string, Container>();
  const calls: string[] = [];
  const atOnce = { now: 0, most: 0 };
  const engine = fakeEngine({
    sandboxes: async () => (calls.push("sandboxes"), [...all.values()]),
    inspect: async (id) => [...all.values()].find((each) => each.id === id),
    inspectAll: async (ids) => (calls.push(`inspect ${ids.length}`), [...all.values()].filter(({ id }) => ids.includes(id))),
    update: async (id, wanted) => {
      atOnce.most = Math.max(atOnce.most, (atOnce.now += 1));
      await new Promise(setImmediate);
      atOnce.now -= 1;
      calls.push(`update ${id[0]}`);
      limits.set([...all.values()].find((each) => each.id === id)!.pid, wanted);
    },
    pause: async (id) => void calls.push(`pause ${id[0]}`),
    kill: async (id) => void calls.push(`kill ${id[0]}`),
    ...does,
  });
  const files = (): Record<string, string> => ({
    "/sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
    ...Object.assign({}, ...[...limits].map(([pid, { memory, cpus, pids }]) => ({ [`/proc/${pid}/cgroup`]: `0::/c${pid}\n`, ...cgroup(`/sys/fs/cgroup/c${pid}`, { "memory.max": String(memory), "memory.swap.max": "0", "cpu.max": `${cpus * 1e5} 100000`, "pids.max": String(pids) }) }))),
  });
  const mounts = { exposed: false };
  const taken = { bytes: 0, files: 1 };
  const world = secretWorld("", secrets, {
    engine: () => engine,
    machine: { cpus: 64, memory: 2 ** 40 },
    readKernel: (path) => kernel(files())(path),
    isVisible: ({ pid }) => limits.has(pid),
    processIdentity: (pid) => (limits.has(pid) ? "1" : undefined),
    readMounts: (pid) => (pid === "self" ? [kernelMount("/", "rw")] : [kernelMount("/workspace", "rw", world.home.workspace), ...(mounts.exposed ? [kernelMount("/state", "ro", world.home.stateDir)] : [])]),
    disk: { trees: async () => taken, file: async () => undefined },
  }, sections);
  const binds = () => [{ source: world.home.workspace, target: "/workspace", mode: "rw" as const }, ...(mounts.exposed ? [{ source: world.home.stateDir, target: "/state", mode: "ro" as const }] : [])];
  const add = (name: string, overrides: Partial<Container> = {}, has: Limits = LIMITS): void => {
    const pid = 1_000 + all.size;
    all.set(name, container({ name, id: idOf(name), pid, labels: LABELS, binds: binds(), ...overrides }));
    limits.set(pid, has);
  };
  for (const name of names) add(name);
  const { reconcile, ledger, lockdown, status } = world.fortress;
  const loosen = (name: string, change: Partial<Limits> = { pids: 4_000 }): void => void limits.set(all.get(name)!.pid, { ...LIMITS, ...change });
  const deeds = async () => (await ledger.read()).records.map(({ action, target, outcome, because, detail }) => ({ action, target, outcome, because, detail }));
  return { ...world, reconcile, lockdown, status, all, add, calls, limits, loosen, deeds, mounts, taken, binds, atOnce, changed: () => calls.filter((call) => !/^(sandboxes|inspect)/.test(call)) };
}

describe("looking at all", () => {
  it("asks the engine twice for a hundred sandboxes that are as they should be", async () => {
    const { reconcile, host, add, calls } = setUp([]);
    for (let index = 0; index < 100; index += 1) add(String(index), { id: index.toString(16).padStart(64, "0") });
    expect(await reconcile.all(host())).toMatchObject({ sandboxes: { length: 100 }, complete: true });
    expect(calls).toEqual(["sandboxes"]);
  });

  it("brings a hundred back of which none ever went through fortress, a few at a time", async () => {
    const { reconcile, host, add, calls, changed, limits, atOnce } = setUp([]);
    for (let index = 0; index < 100; index += 1) add(String(index), { id: index.toString(16).padStart(64, "0") }, { ...LIMITS, pids: 4_000 });
    await reconcile.all(host());
    expect([calls.length - changed().length, changed().length, atOnce.most]).toEqual([1, 100, 4]);
    expect([...limits.values()].filter(({ pids }) => pids !== 512)).toEqual([]);
  });

  it("leaves sandboxes alone where the configuration is wrong", async () => {
    const { reconcile, host, loosen, changed } = setUp(["a"], {}, { delivery: "pigeon" });
    loosen("a");
    expect((await reconcile.all(host())).sandboxes).toHaveLength(1);
    expect(changed()).toEqual([]);
  });

  it("brings limits back, exactly those that drifted, and writes it down once", async () => {
    const { reconcile, host, loosen, changed, limits, deeds, all } = setUp(["a", "b"]);
    loosen("a", { pids: 4_000, cpus: 0.1 });
    await reconcile.all(host());
    await reconcile.all(host());
    expect(changed()).toEqual(["update a"]);
    expect(limits.get(all.get("a")!.pid)).toMatchObject({ pids: 512, cpus: 4 });
    expect(await deeds()).toEqual([{ action: "limits.restored", target: "a", outcome: "done", because: "CPUs is 0.1 instead of 4; PIDs is 4000 instead of 512", detail: undefined }]);
  });

  it("respects what the operator set in OpenClaw's own configuration", async () => {
    const { reconcile, host, limits, all } = setUp();
    await reconcile.all({ ...host(), nativeLimits: (agent) => (agent === "main" ? { pidsLimit: 100 } : {}) });
    expect(limits.get(all.get("a")!.pid)).toMatchObject({ pids: 100 });
  });

  it("tries what the kernel refuses at every sweep and not at every event, and says so once, by the kernel's own value", async () => {
    let attempts = 0;
    const refuse = async (): Promise<never> => {
      attempts += 1;
      throw new Error("no cgroup");
    };
    const { reconcile, host, loosen, deeds } = setUp(["a"], { update: refuse });
    loosen("a");
    expect(await reconcile.all(host())).toMatchObject({ complete: true });
    expect(await deeds()).toMatchObject([{ action: "limits.restored", outcome: "failed", detail: "PIDs is 4000 instead of 512; no cgroup" }]);
    expect(await reconcile.some("podman", new Map([[idOf("a"), "update"]]), host())).toBe(true);
    expect(attempts).toBe(1);
    await reconcile.all(host());
    expect([attempts, await deeds()]).toMatchObject([2, { length: 1 }]);
    loosen("a", { pids: 5_000 });
    await reconcile.some("podman", new Map([[idOf("a"), "update"]]), host());
    expect([attempts, await deeds()]).toMatchObject([3, { length: 2 }]);
  });

  it("takes what somebody changes again at once for no refusal", async () => {
    let attempts = 0;
    const { reconcile, host, loosen, deeds, limits, all } = setUp(["a"], {
      update: async (id, wanted) => void limits.set([...all.values()].find((each) => each.id === id)!.pid, attempts++ === 0 ? { ...wanted, pids: 4_000 } : wanted),
    });
    loosen("a");
    await reconcile.all(host());
    expect([attempts, limits.get(all.get("a")!.pid), await deeds()]).toMatchObject([2, { pids: 512 }, [{ outcome: "done" }]]);
  });

  it.each(["engine-silent", "engine-missing"] as const)("tries again after an engine that answered nothing (%s), and says so once", async (code) => {
    let answers = false;
    const { reconcile, host, loosen, limits, all, deeds } = setUp(["a"], {
      update: async (id, wanted) => {
        if (!answers) throw new FortressError(code, "podman update did not answer.", "Wait.");
        limits.set([...all.values()].find((each) => each.id === id)!.pid, wanted);
      },
    });
    loosen("a");
    expect(await reconcile.all(host())).toMatchObject({ complete: false });
    const some = () => reconcile.some("podman", new Map([[idOf("a"), "update"]]), host());
    expect(await some()).toBe(false);
    answers = true;
    expect(await some()).toBe(true);
    expect(limits.get(all.get("a")!.pid)).toMatchObject({ pids: 512 });
    expect((await deeds()).map(({ outcome }) => outcome)).toEqual(["failed", "done"]);
  });

  it("knows that something is still to be ended where the engine answered nothing", async () => {
    const { reconcile, host, add, mounts } = setUp([], { kill: silence });
    mounts.exposed = true;
    add("a");
    expect(await reconcile.all(host())).toMatchObject({ complete: false });
  });

  it("knows that something is still to be paused where the engine answered nothing", async () => {
    const { reconcile, lockdown, host, add } = setUp([], { pause: silence, kill: silence });
    await lockdown.lock(host, "x");
    add("a");
    expect(await reconcile.all(host())).toMatchObject({ complete: false });
  });

  it("knows that an engine did not show its sandboxes", async () => {
    const { reconcile, host } = setUp(["a"], { sandboxes: silence });
    expect(await reconcile.all(host())).toEqual({ sandboxes: [], complete: false });
  });

  it.each([
    ["while the kernel still shows it", false],
    ["with all that the kernel showed of it", true],
  ])("takes a container that went away meanwhile for nothing, %s", async (_, unseen) => {
    const { reconcile, host, loosen, all, limits, deeds } = setUp(["a"], {
      update: async () => {
        all.clear();
        if (unseen) limits.clear();
        throw new Error("no such container");
      },
    });
    loosen("a");
    const told: boolean[] = [];
    reconcile.onChange(({ container }) => told.push(container.running));
    await reconcile.all(host());
    expect([await deeds(), told]).toEqual([[], [false]]);
  });

  it.each<[string, Partial<Container>]>([
    ["without OpenClaw's label", { labels: {} }],
    ["with another value of it", { labels: { "openclaw.sandbox": "true" } }],
    ["of another gateway", { binds: [{ source: "/srv/other", target: "/workspace", mode: "rw" }] }],
    ["without a full id", { id: "abc" }],
  ])("never acts on a container %s, whatever is wrong with it", async (_, overrides) => {
    const { reconcile, lockdown, host, add, loosen, changed } = setUp([]);
    add("x", overrides);
    loosen("x");
    await reconcile.all(host());
    await reconcile.some("podman", new Map([[overrides.id ?? idOf("x"), "update"]]), host());
    await lockdown.lock(host, "y");
    await reconcile.all(host());
    expect(changed()).toEqual([]);
  });

  it("leaves the limits of OpenClaw's browser, which has none from fortress", async () => {
    const { reconcile, host, add, loosen, changed } = setUp([]);
    add("x", { labels: { ...LABELS, "openclaw.sandboxBrowser": "1" } });
    loosen("x");
    await reconcile.all(host());
    expect(changed()).toEqual([]);
  });

  it("pauses what runs in spite of a lockdown", async () => {
    const { reconcile, lockdown, host, add, changed } = setUp([]);
    await lockdown.lock(host, "x");
    add("a");
    await reconcile.all(host());
    expect(changed()).toEqual(["pause a"]);
  });

  it("ends what shows the state directory to a sandbox, once, and that is critical until it is gone", async () => {
    const { reconcile, host, add, all, mounts, changed, status } = setUp([]);
    mounts.exposed = true;
    add("a");
    const told: boolean[] = [];
    reconcile.onChange(({ container }) => told.push(container.running));
    await reconcile.all(host());
    expect([changed(), told]).toEqual([["kill a"], [false]]);
    all.set("a", { ...all.get("a")!, running: false, pid: 0 });
    await reconcile.all(host());
    expect(changed()).toEqual(["kill a"]);
    expect((await status(host)).findings).toContainEqual(expect.objectContaining({ id: "reconcile.quarantined", severity: "critical", detail: expect.stringMatching(/^a was stopped: \/state /) as string }));
    all.clear();
    await reconcile.all(host());
    expect(reconcile.findings()).toEqual([]);
  });

  it("says that an engine does not answer, and forgets it when it does", async () => {
    let down = true;
    const { reconcile, host } = setUp([], { sandboxes: async () => (down ? Promise.reject(new FortressError("engine-missing", "podman is not installed.", "Install it.")) : []) });
    await reconcile.all(host());
    expect(reconcile.findings()).toMatchObject([{ id: "reconcile.unseen", remedy: "Install it." }]);
    down = false;
    await reconcile.all(host());
    expect(reconcile.findings()).toEqual([]);
  });
});

describe("looking at some", () => {
  it("mends those, from one look, and tells of what happened and what was done", async () => {
    const { reconcile, host, loosen, calls } = setUp(["a", "b"]);
    loosen("a");
    loosen("b");
    const told: Change[] = [];
    const forget = reconcile.onChange((change) => told.push(change));
    await reconcile.some("podman", new Map([[idOf("a"), "update"]]), host());
    expect(calls).toEqual(["inspect 1", "update a"]);
    expect(told.map(({ container: { name }, what }) => [name, what])).toEqual([["a", "update"], ["a", "limit"]]);
    forget();
    await reconcile.some("podman", new Map([[idOf("b"), "update"]]), host());
    expect(told).toHaveLength(2);
  });

  it("starts no process for one that went through fortress and is as it should be, and looks where it is not", async () => {
    const { reconcile, fortress, home, host, loosen, calls, lockdown } = setUp(["a"]);
    const plan = fortress.plan({ ...REQUESTED, agentId: "main", nativeLimits: {}, workspace: home.facts().workspace });
    await fortress.admit("podman", idOf("a"), plan, 0);
    calls.length = 0;
    const told: Change[] = [];
    reconcile.onChange((change) => told.push(change));
    const some = (what: string) => reconcile.some("podman", new Map([[idOf("a"), what]]), host());
    for (const what of ["start", "update"]) await some(what);
    expect([calls, told.map(({ what }) => what)]).toEqual([["inspect 0", "inspect 0"], ["start", "update"]]);
    await some("unpause");
    loosen("a", { cpus: 0.1 });
    await some("update");
    expect(calls.slice(2)).toEqual(["inspect 1", "inspect 1", "update a"]);
    await lockdown.lock(host, "x");
    calls.length = 0;
    await some("start");
    expect(calls).toEqual(["inspect 1", "pause a"]);
  });

  it("does nothing for one that is gone", async () => {
    const { reconcile, host, calls } = setUp([]);
    await reconcile.some("podman", new Map([[idOf("a"), "remove"]]), host());
    expect(calls).toEqual(["inspect 1"]);
  });
});

describe("a workspace that is too full", () => {
  it("has its sandbox paused, also when somebody lets it go on, and gets no other one and no command", async () => {
    const { fortress, home, host, taken, changed, status } = setUp(["a"], {}, {}, { disk: { freeze: { size: "1m" } }, attestation: { mode: "audit" } });
    const plan = () => fortress.plan({ ...REQUESTED, agentId: "main", nativeLimits: {}, workspace: home.facts().workspace });
    const planned = plan();
    await fortress.admit("podman", idOf("a"), planned, 0);
    const exec = () => fortress.exec("podman", idOf("a"), planned, "main", { argv: ["podman", "exec", idOf("a")], env: {}, feed: async () => {} });
    await exec();
    taken.bytes = 2 ** 20 + 1;
    fortress.watch.start(host);
    await expect.poll(changed).toEqual(["pause a"]);
    await expect.poll(async () => (await status(host)).findings).toContainEqual(expect.objectContaining({ id: "disk.frozen" }));
    for (const what of ["start", "unpause"]) await fortress.reconcile.some("podman", new Map([[idOf("a"), what]]), host());
    expect(changed()).toEqual(["pause a", "pause a", "pause a"]);
    expect(errorOf(plan)).toMatchObject({ code: "disk-full" });
    await expect(exec()).rejects.toMatchObject({ code: "disk-full" });
    fortress.watch.stop();
    expect((await status(host)).sandboxes).toMatchObject([{ name: "a", disk: { bytes: 2 ** 20 + 1, files: 1 } }]);
  });
});
