import { describe, expect, it } from "vitest";
import type { MeasureTrees, TreeUse } from "../../src/edge/disk-use.ts";
import { createDisk } from "../../src/flows/disk.ts";
import type { Lockdown } from "../../src/flows/lockdown.ts";
import type { Deed } from "../../src/model/ledger.ts";
import type { Container } from "../../src/model/sandbox.ts";
import { container } from "../fixtures/container.ts";
import { fakeEngine } from "../fixtures/engine.ts";
import { errorOf } from "../fixtures/errors.ts";

const MIB = 2 ** 20;
const WORKSPACE = "/srv/workspace";

/** Sandboxes on one workspace, which takes what the test says. */
function setUp({ still, trees }: { still?: Lockdown["still"]; trees?: MeasureTrees } = {}) {
  const state = { use: { bytes: MIB, files: 5 } as TreeUse, log: 0, now: 0, took: 0, locked: false };
  const all = new Map<string, Container>();
  const calls: string[] = [];
  const deeds: Deed[] = [];
  const engine = fakeEngine({
    unpause: async (id) => void (calls.push(`unpause ${id[0]}`), change(id[0]!, { running: true, paused: false })),
    inspect: async (id) => all.get(id[0]!),
  });
  const edges = {
    engine: () => engine,
    layout: { inspect: (path: string) => ({ kind: "directory", real: path.replace("/link/", "/srv/") }), list: () => [] },
    disk: {
      file: async () => state.log,
      trees: (trees ?? (async (roots) => {
        calls.push(`measure ${roots.join()}`);
        state.now += state.took;
        return state.use;
      })) satisfies MeasureTrees,
    },
  };
  const lockdown: Pick<Lockdown, "state" | "still"> = {
    state: () => (state.locked ? { since: undefined, because: "x" } : undefined),
    still: still ?? (async ({ container: { id, name } }, because) => {
      calls.push(`still ${id[0]}`);
      change(id[0]!, { running: false, paused: true });
      deeds.push({ action: "sandbox.paused", target: name, because, outcome: "done" });
      return "paused";
    }),
  };
  const ledger = { record: async (deed: Deed) => void deeds.push(deed), read: async () => ({ records: deeds }) };
  const config = { warn: { bytes: 2 * MIB, files: 1_000 }, freeze: { bytes: 4 * MIB, log: 4 * MIB } as Record<string, number> };
  const core = { edges, ledger, resolve: () => ({ config: { disk: config } }) } as unknown as Parameters<typeof createDisk>[0];
  const make = () => createDisk(core, lockdown as Lockdown, { now: () => state.now });
  const change = (key: string, overrides: Partial<Omit<Container, "paused">> & { paused?: boolean }): void => {
    const { paused: _, ...before } = all.get(key) ?? container({ id: key.repeat(64), name: key, binds: [{ source: WORKSPACE, target: "/workspace", mode: "rw" }, { source: "/srv/ro", target: "/ro", mode: "ro" }], log: { driver: "k8s-file", path: "/log" } });
    const { paused, ...rest } = overrides;
    all.set(key, { ...before, ...rest, ...(paused ? { paused } : {}) });
  };
  change("a", {});
  const disk = make();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
  };
  const sweep = async (each = disk): Promise<string[]> => {
    each.tend([...all.values()].map((one) => ({ engine: "podman", container: one })));
    await settle();
    state.now += 5 * 60_000;
    return each.findings().map(({ id }) => id);
  };
  return { state, all, calls, deeds, config, disk, make, change, sweep, settle };
}

describe("a sandbox that takes more and more", () => {
  it("is named, then stands still and gets nothing new, and goes on when it takes less", async () => {
    const { state, all, calls, deeds, disk, sweep } = setUp();
    expect(await sweep()).toEqual([]);
    expect(disk.useOf(all.get("a")!)).toEqual({ bytes: MIB, files: 5, log: 0 });
    state.use = { bytes: 3 * MIB, files: 5 };
    expect(await sweep()).toEqual(["disk.high"]);
    expect(disk.frozen(all.get("a")!)).toBeUndefined();
    disk.assertRoom(WORKSPACE);
    state.use = { bytes: 5 * MIB, files: 5 };
    expect(await sweep()).toEqual(["disk.frozen"]);
    expect(disk.frozen(all.get("a")!)).toMatch(/^disk: its writable directories take 5 MiB/);
    expect(errorOf(() => disk.assertRoom("/link/workspace"))).toMatchObject({ code: "disk-full", message: expect.stringContaining("take 5 MiB, more than disk.freeze.size") as string, remedy: expect.stringContaining(`du -xh --max-depth 2 ${WORKSPACE}`) as string });
    disk.assertRoom("/srv/other");
    expect(await sweep()).toEqual(["disk.frozen"]);
    state.use = { bytes: 3 * MIB, files: 5 };
    expect(await sweep()).toEqual(["disk.high"]);
    disk.assertRoom(WORKSPACE);
    expect(calls.filter((call) => !call.startsWith("measure"))).toEqual(["still a", "unpause a"]);
    expect(deeds.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(["sandbox.paused done", "sandbox.resumed done"]);
  });

  it("is only named where nothing is to be frozen", async () => {
    const { state, config, calls, sweep } = setUp();
    config.freeze = {};
    state.use = { bytes: 100 * MIB, files: 5 };
    expect(await sweep()).toEqual(["disk.high"]);
    expect(calls).toEqual([`measure ${WORKSPACE}`]);
  });

  it("stands still for its log alone, and others on its workspace go on", async () => {
    const { state, all, change, calls, disk, sweep } = setUp();
    change("b", { log: { driver: "journald" } });
    state.log = 5 * MIB;
    await sweep();
    expect(calls).toEqual([`measure ${WORKSPACE}`, "still a"]);
    expect(disk.frozen(all.get("b")!)).toBeUndefined();
    disk.assertRoom(WORKSPACE);
  });

  it("is stopped together with all that write there, also one that is made later", async () => {
    const { state, all, change, disk, calls, sweep } = setUp();
    change("b", {});
    state.use = { bytes: 5 * MIB, files: 5 };
    await sweep();
    expect(calls).toEqual([`measure ${WORKSPACE}`, "still a", "still b"]);
    change("c", {});
    expect(disk.frozen(all.get("c")!)).toBeDefined();
    all.clear();
    await sweep();
    expect(errorOf(() => disk.assertRoom(WORKSPACE)).code).toBe("disk-full");
    state.use = { bytes: MIB, files: 5 };
    await sweep();
    disk.assertRoom(WORKSPACE);
  });

  it("goes on by itself after a restart of the gateway, but not one that somebody else paused", async () => {
    const { state, change, make, calls, sweep } = setUp();
    change("b", { running: false, paused: true });
    state.use = { bytes: 5 * MIB, files: 5 };
    await sweep();
    state.use = { bytes: MIB, files: 5 };
    await sweep(make());
    expect(calls.filter((call) => !call.startsWith("measure"))).toEqual(["still a", "unpause a"]);
  });

  it("stands still as long as a lockdown lasts", async () => {
    const { state, calls, sweep } = setUp();
    state.use = { bytes: 5 * MIB, files: 5 };
    await sweep();
    Object.assign(state, { locked: true, use: { bytes: MIB, files: 5 } });
    await sweep();
    expect(calls).not.toContain("unpause a");
    state.locked = false;
    await sweep();
    expect(calls).toContain("unpause a");
  });

  it("is critical where it can't be stopped, unless it is gone", async () => {
    const { state, change, disk, sweep } = setUp({ still: () => Promise.reject(new Error("no freezer")) });
    state.use = { bytes: 5 * MIB, files: 5 };
    expect(await sweep()).toEqual(["disk.freeze-failed"]);
    expect(disk.findings()[0]).toMatchObject({ severity: "critical", detail: expect.stringContaining("no freezer") as string });
    change("a", { running: false, pid: 0 });
    expect(await sweep()).toEqual(["disk.frozen"]);
    const gone = setUp({
      still: async () => {
        gone.all.clear();
        throw new Error("no such container");
      },
    });
    gone.state.use = state.use;
    expect(await gone.sweep()).toEqual(["disk.frozen"]);
  });
});

describe("measuring", () => {
  it("happens once for a workspace that several share, and seldom where it takes long", async () => {
    const { state, change, calls, sweep } = setUp();
    change("b", {});
    state.took = 20_000;
    for (let count = 0; count < 9; count += 1) await sweep();
    expect(calls).toHaveLength(5);
  });

  it("happens at every sweep while somebody waits for room", async () => {
    const { state, calls, sweep } = setUp();
    Object.assign(state, { took: 20_000, use: { bytes: 5 * MIB, files: 5 } });
    for (let count = 0; count < 4; count += 1) await sweep();
    expect(calls.filter((call) => call.startsWith("measure"))).toHaveLength(4);
  });

  it("holds nobody up, does not pile up, and leads to nothing after the end", async () => {
    let finish: (use: TreeUse) => void = () => {};
    let signal: AbortSignal | undefined;
    let count = 0;
    const trees: MeasureTrees = (_, ends) => new Promise((done) => ((finish = done), (signal = ends), (count += 1)));
    const { disk, sweep, settle, calls } = setUp({ trees });
    await sweep();
    await sweep();
    expect(count).toBe(1);
    disk.stop();
    expect(signal!.aborted).toBe(true);
    finish({ bytes: 100 * MIB, files: 5 });
    await settle();
    expect([calls, disk.findings()]).toEqual([[], []]);
    disk.assertRoom(WORKSPACE);
  });

  it("says what it could not see, and that it failed", async () => {
    const { state, sweep, disk } = setUp();
    state.use = { bytes: MIB, files: 5, unseen: "du takes longer than 150 s" };
    expect(await sweep()).toEqual(["disk.unmeasured"]);
    const { sweep: fail, disk: failed } = setUp({ trees: () => Promise.reject(new Error("boom")) });
    expect(await fail()).toEqual(["disk.unmeasured"]);
    expect([disk.findings()[0]!.detail, failed.findings()[0]!.detail]).toEqual([expect.stringContaining("longer than 150 s"), expect.stringContaining("boom")]);
  });

  it("forgets what is gone", async () => {
    const { state, all, sweep, disk } = setUp();
    state.use = { bytes: 3 * MIB, files: 5 };
    const gone = all.get("a")!;
    await sweep();
    all.clear();
    expect(await sweep()).toEqual([]);
    expect(disk.useOf(gone)).toBeUndefined();
  });
});

it("counts nothing of what is mounted read-only", async () => {
  const { sweep, calls } = setUp();
  await sweep();
  expect(calls).toEqual([`measure ${WORKSPACE}`]);
});
