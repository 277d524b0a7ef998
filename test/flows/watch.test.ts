import { beforeEach, describe, expect, it, vi } from "vitest";
import type { EngineEvent } from "../../src/edge/engine-events.ts";
import type { LedgerFlow } from "../../src/flows/ledger.ts";
import type { Reconcile, WholeLook } from "../../src/flows/reconcile.ts";
import type { HostFacts } from "../../src/flows/status.ts";
import { createWatch, SWEEP_MS } from "../../src/flows/watch.ts";
import type { EngineId } from "../../src/model/sandbox.ts";

const HOST: HostFacts = { engines: ["podman"], workspaces: [], findings: [] };
const ID = "a".repeat(64);
const SEEN: WholeLook = { sandboxes: [], complete: true };

/** A watch whose time passes only when the test says so. */
function setUp(host: () => HostFacts = () => HOST) {
  let now = 0;
  let timers: { at: number; action: () => void }[] = [];
  const clock = {
    now: () => now,
    after(ms: number, action: () => void) {
      const timer = { at: now + ms, action };
      timers.push(timer);
      return () => void (timers = timers.filter((each) => each !== timer));
    },
  };
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  /** Lets time pass; timers fire once each, however late. */
  const pass = async (ms: number, stalled = false): Promise<void> => {
    const end = now + ms;
    for (;;) {
      if (stalled) now = end;
      const due = timers.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
      if (!due) break;
      timers = timers.filter((each) => each !== due);
      now = Math.max(now, due.at);
      due.action();
      await settle();
    }
    now = end;
    await settle();
  };
  const streams: { engine: EngineId; event: (event: EngineEvent) => void; ended: (reason: string) => void; stop: ReturnType<typeof vi.fn>; isStalled: boolean }[] = [];
  const follow = vi.fn((engine: EngineId, { event, ended }: { event: (event: EngineEvent) => void; ended: (reason: string) => void }) => {
    const stream = { engine, event, ended, stop: vi.fn(), isStalled: false };
    streams.push(stream);
    return { stop: stream.stop, stalled: () => stream.isStalled };
  });
  const reconcile = { all: vi.fn<Reconcile["all"]>(async () => SEEN), some: vi.fn<Reconcile["some"]>(async () => true), isMade: vi.fn<Reconcile["isMade"]>(() => false), onChange: vi.fn<Reconcile["onChange"]>(), findings: () => [] };
  const atSweep = vi.fn(async () => {});
  const record = vi.fn<LedgerFlow["record"]>(async () => {});
  const sign = { leave: vi.fn(), withdraw: vi.fn(), isFresh: () => true };
  const watch = createWatch({ clock, follow, sign }, reconcile, { record, read: vi.fn(), look: vi.fn() }, atSweep);
  const start = async (): Promise<void> => {
    watch.start(host);
    await settle();
  };
  return { watch, start, pass, settle, streams, follow, reconcile, atSweep, record, sign };
}

let world: ReturnType<typeof setUp>;
beforeEach(() => {
  world = setUp();
});

describe("the sweep", () => {
  it("comes at once, then every five minutes from its end", async () => {
    const { start, pass, reconcile, atSweep } = world;
    await start();
    expect(reconcile.all).toHaveBeenCalledTimes(1);
    await pass(SWEEP_MS - 1);
    expect(reconcile.all).toHaveBeenCalledTimes(1);
    await pass(1);
    expect([reconcile.all.mock.calls.length, atSweep.mock.calls.length]).toEqual([2, 2]);
  });

  it("says that it failed, whatever the reason, and comes again soon", async () => {
    const { start, pass, reconcile, watch } = world;
    reconcile.all.mockRejectedValueOnce(new Error("out of memory"));
    await start();
    expect(watch.findings()).toMatchObject([{ id: "reconcile.failed", detail: expect.stringContaining("out of memory") as string }]);
    await pass(5_000);
    expect(reconcile.all).toHaveBeenCalledTimes(2);
    expect(watch.findings()).toEqual([]);
  });

  it("says that it failed where OpenClaw's configuration can't be told, and comes again soon", async () => {
    const host = vi.fn(() => HOST).mockImplementationOnce(() => {
      throw new Error("no engine");
    });
    const { start, pass, reconcile, watch } = setUp(host);
    await start();
    expect(watch.findings()).toMatchObject([{ id: "reconcile.failed" }]);
    await pass(5_000);
    expect(reconcile.all).toHaveBeenCalledTimes(1);
  });

  it("comes again, later each time, until every engine answers, without what is done besides", async () => {
    const { start, pass, reconcile, atSweep } = world;
    reconcile.all.mockResolvedValue({ sandboxes: [], complete: false });
    await start();
    const gaps: number[] = [];
    for (let index = 0; index < 5; index += 1) {
      const count = reconcile.all.mock.calls.length;
      let gap = 0;
      for (; reconcile.all.mock.calls.length === count && gap < SWEEP_MS; gap += 500) await pass(500);
      gaps.push(gap);
    }
    expect([gaps, atSweep.mock.calls.length]).toEqual([[5_000, 10_000, 20_000, 40_000, 80_000], 1]);
    reconcile.all.mockResolvedValue(SEEN);
    await pass(SWEEP_MS);
    const [count, tended] = [reconcile.all.mock.calls.length, atSweep.mock.calls.length];
    await pass(SWEEP_MS);
    expect([reconcile.all.mock.calls.length - count, atSweep.mock.calls.length - tended]).toEqual([1, 1]);
  });

  it("comes once after a stall of an hour", async () => {
    const { start, pass, reconcile } = world;
    await start();
    await pass(12 * SWEEP_MS, true);
    expect(reconcile.all).toHaveBeenCalledTimes(2);
  });

  it("does not pile up behind a slow engine, and nothing is lost", async () => {
    const { start, pass, settle, reconcile, streams } = world;
    let finish = (): void => {};
    reconcile.all.mockImplementationOnce(() => new Promise((done) => (finish = () => done(SEEN))));
    await start();
    for (let index = 0; index < 5; index += 1) {
      streams[0]!.event({ id: ID, what: "update" });
      await pass(SWEEP_MS);
    }
    expect([reconcile.all.mock.calls.length, reconcile.some.mock.calls.length]).toEqual([1, 0]);
    finish();
    await settle();
    expect([reconcile.all.mock.calls.length, reconcile.some.mock.calls.length]).toEqual([1, 1]);
  });

  it("does not wait for what is done besides, which never runs twice at once", async () => {
    const { start, pass, settle, reconcile, atSweep, streams } = world;
    let finish = (): void => {};
    atSweep.mockImplementationOnce(() => new Promise((done) => (finish = done)));
    await start();
    streams[0]!.event({ id: ID, what: "update" });
    await pass(SWEEP_MS);
    expect([reconcile.all.mock.calls.length, reconcile.some.mock.calls.length, atSweep.mock.calls.length]).toEqual([2, 1, 1]);
    finish();
    await settle();
    await pass(SWEEP_MS);
    expect(atSweep).toHaveBeenCalledTimes(2);
  });

  it("says that what is done besides failed, until it comes to its end again", async () => {
    const { start, pass, atSweep, watch } = world;
    atSweep.mockRejectedValueOnce(new Error("out of memory"));
    await start();
    expect(watch.findings()).toMatchObject([{ id: "reconcile.failed", detail: expect.stringContaining("out of memory") as string }]);
    await pass(SWEEP_MS);
    expect(watch.findings()).toEqual([]);
  });

  it("ends with the watch, also while it is under way", async () => {
    const { watch, start, pass, settle, reconcile, atSweep, streams } = world;
    let finish = (): void => {};
    reconcile.all.mockImplementationOnce(() => new Promise((done) => (finish = () => done(SEEN))));
    await start();
    watch.stop();
    finish();
    await settle();
    await pass(3 * SWEEP_MS);
    expect([reconcile.all.mock.calls.length, atSweep.mock.calls.length]).toEqual([1, 0]);
    expect(streams.every(({ stop }) => stop.mock.calls.length > 0)).toBe(true);
  });
});

describe("a sign of life", () => {
  it("is left at the start and after every sweep, and taken back at the end", async () => {
    const { watch, start, pass, sign } = world;
    watch.stop();
    expect(sign.withdraw).not.toHaveBeenCalled();
    await start();
    expect(sign.leave).toHaveBeenCalledTimes(2);
    await pass(SWEEP_MS);
    expect([sign.leave.mock.calls.length, sign.withdraw.mock.calls.length]).toEqual([3, 0]);
    watch.stop();
    await pass(3 * SWEEP_MS);
    expect([sign.leave.mock.calls.length, sign.withdraw.mock.calls.length]).toEqual([3, 1]);
  });

  it("is left by none whose sweep comes to no end", async () => {
    const { start, pass, sign, reconcile } = world;
    reconcile.all.mockImplementationOnce(() => new Promise(() => {}));
    await start();
    await pass(3 * SWEEP_MS);
    expect(sign.leave).toHaveBeenCalledTimes(1);
  });
});

describe("events", () => {
  it("of one moment are answered by one look, at the containers that they name", async () => {
    const { start, pass, streams, reconcile } = world;
    await start();
    for (const id of [ID, "b".repeat(64), ID]) streams[0]!.event({ id, what: "update" });
    await pass(1_000);
    expect(reconcile.some).toHaveBeenCalledExactlyOnceWith("podman", new Map([[ID, "update"], ["b".repeat(64), "update"]]), HOST);
    streams[0]!.event({ id: ID, what: "unpause" });
    await pass(150);
    expect(reconcile.some).toHaveBeenCalledTimes(2);
  });

  it("of a hundred sandboxes that are made at once are answered by one look, and none is missed", async () => {
    const { start, pass, streams, reconcile } = world;
    await start();
    const ids = Array.from({ length: 100 }, (_, index) => index.toString(16).padStart(64, "0"));
    for (const id of ids) for (const what of ["create", "init", "start"]) streams[0]!.event({ id, what });
    await pass(60_000);
    expect(reconcile.some).toHaveBeenCalledExactlyOnceWith("podman", new Map(ids.map((id) => [id, "start"])), HOST);
  });

  it("of a sandbox that is started again and again lead to one look at a time", async () => {
    const { start, pass, streams, reconcile } = world;
    await start();
    for (let index = 0; index < 1_000; index += 1) {
      for (const what of ["start", "died"]) streams[0]!.event({ id: ID, what });
      await pass(10);
    }
    expect(reconcile.some.mock.calls.length).toBeLessThanOrEqual(10_000 / 150);
    expect([reconcile.some.mock.calls.length > 10, reconcile.all.mock.calls.length]).toEqual([true, 1]);
  });

  it.each(["create", "pause", "died", "die", "kill", "remove", "destroy", "oom"])("that leave nothing to mend, such as %s, call for no look", async (what) => {
    const { start, pass, streams, reconcile } = world;
    await start();
    streams[0]!.event({ id: ID, what });
    await pass(20_000);
    expect(reconcile.some).not.toHaveBeenCalled();
  });

  it("of a sandbox that OpenClaw makes through fortress wait until it is made, and hold up no others", async () => {
    const { start, pass, settle, streams, reconcile, watch } = world;
    await start();
    let made = (): void => {};
    const making = watch.making("podman", "agent:main", () => new Promise<void>((done) => (made = done)));
    for (const what of ["create", "init", "start", "update"]) streams[0]!.event({ id: ID, what, scope: "agent:main" });
    streams[0]!.event({ id: "b".repeat(64), what: "start", scope: "agent:other" });
    streams[0]!.event({ id: "c".repeat(64), what: "start" });
    await pass(150);
    expect(reconcile.some).toHaveBeenCalledExactlyOnceWith("podman", new Map([["b".repeat(64), "start"], ["c".repeat(64), "start"]]), HOST);
    await pass(3_000);
    expect(reconcile.some).toHaveBeenCalledTimes(1);
    made();
    await making;
    await settle();
    await pass(150);
    expect(reconcile.some).toHaveBeenLastCalledWith("podman", new Map([[ID, "update"]]), HOST);
    await pass(60_000);
    expect(reconcile.some).toHaveBeenCalledTimes(2);
  });

  it("of a making that takes long, or of another engine's, are not waited for", async () => {
    const { start, pass, streams, reconcile, watch } = world;
    await start();
    void watch.making("podman", "agent:main", () => new Promise(() => {}));
    void watch.making("docker", "agent:other", () => new Promise(() => {}));
    streams[0]!.event({ id: ID, what: "start", scope: "agent:main" });
    streams[0]!.event({ id: "b".repeat(64), what: "start", scope: "agent:other" });
    await pass(150);
    expect(reconcile.some).toHaveBeenCalledExactlyOnceWith("podman", new Map([["b".repeat(64), "start"]]), HOST);
    await pass(5_850);
    expect(reconcile.some).toHaveBeenLastCalledWith("podman", new Map([[ID, "start"]]), HOST);
  });

  it("of the next sandbox are not waited for once a making failed, nor before the last one of several is done", async () => {
    const { start, pass, streams, reconcile, watch } = world;
    await start();
    let made = (): void => {};
    const slow = watch.making("podman", "agent:main", () => new Promise<void>((done) => (made = done)));
    await expect(watch.making("podman", "agent:main", () => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    streams[0]!.event({ id: ID, what: "start", scope: "agent:main" });
    await pass(1_000);
    expect(reconcile.some).not.toHaveBeenCalled();
    made();
    await slow;
    await pass(150);
    streams[0]!.event({ id: "b".repeat(64), what: "start", scope: "agent:main" });
    await pass(150);
    expect(reconcile.some.mock.calls.map(([, events]) => [...events.keys()])).toEqual([[ID], ["b".repeat(64)]]);
  });

  it("of a sandbox in use are not waited for, although a turn looks for it", async () => {
    const { start, pass, streams, reconcile, watch } = world;
    await start();
    void watch.making("podman", "agent:main", () => new Promise(() => {}));
    streams[0]!.event({ id: ID, what: "start", scope: "agent:main" });
    await pass(1_000);
    reconcile.isMade.mockReturnValue(true);
    for (let index = 0; index < 15; index += 1) {
      streams[0]!.event({ id: ID, what: "update", scope: "agent:main" });
      await pass(10);
    }
    expect(reconcile.some).toHaveBeenCalledExactlyOnceWith("podman", new Map([[ID, "update"]]), HOST);
    await pass(60_000);
    expect(reconcile.some).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["can't be looked at", async () => Promise.reject(new Error("podman is down"))],
    ["an engine left unanswered", async () => false],
  ])("that %s lead to a sweep, without what is done besides", async (_, some) => {
    const { start, pass, streams, reconcile, atSweep } = world;
    await start();
    reconcile.some.mockImplementationOnce(some);
    streams[0]!.event({ id: ID, what: "update" });
    await pass(1_000);
    expect([reconcile.all.mock.calls.length, atSweep.mock.calls.length]).toEqual([2, 1]);
    await pass(SWEEP_MS - 1_000);
    expect(atSweep).toHaveBeenCalledTimes(2);
  });

  it("are looked at by a sweep where OpenClaw's configuration can't be told", async () => {
    let told = true;
    const { start, pass, streams, reconcile } = setUp(() => {
      if (told) return HOST;
      throw new Error("no engine");
    });
    await start();
    told = false;
    streams[0]!.event({ id: ID, what: "update" });
    await pass(1_000);
    told = true;
    await pass(5_000);
    expect(reconcile.all).toHaveBeenCalledTimes(2);
  });

  it("that end are asked for again, later each time, with a sweep for what was missed, and that is a finding", async () => {
    const { watch, start, pass, streams, reconcile } = world;
    await start();
    const gaps: number[] = [];
    for (let index = 0; index < 8; index += 1) {
      const count = streams.length;
      streams.at(-1)!.ended("podman events ended (boom)");
      let gap = 0;
      for (; streams.length === count && gap < 200_000; gap += 500) await pass(500);
      gaps.push(gap);
    }
    expect(gaps).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(watch.findings()).toMatchObject([{ id: "reconcile.blind", detail: expect.stringContaining("boom") as string }]);
    expect(reconcile.all.mock.calls.length).toBe(1 + 3);
    await pass(31_000);
    expect(watch.findings()).toEqual([]);
  });

  it("of a stream that stands still are asked for again, which is written down", async () => {
    const { start, pass, streams, record, reconcile } = world;
    await start();
    await pass(60_000);
    streams[0]!.isStalled = true;
    await pass(10_000);
    expect(streams).toHaveLength(2);
    expect(streams[0]!.stop).toHaveBeenCalled();
    expect(record).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ action: "events.restarted" }));
    expect(reconcile.all).toHaveBeenCalledTimes(2);
  });

  it("are asked of the engines that the configuration names now", async () => {
    let engines: EngineId[] = ["podman"];
    const { start, pass, streams } = setUp(() => ({ ...HOST, engines }));
    await start();
    engines = ["docker"];
    await pass(SWEEP_MS);
    expect(streams.map(({ engine, stop }) => [engine, stop.mock.calls.length])).toEqual([["podman", 1], ["docker", 0]]);
  });
});
