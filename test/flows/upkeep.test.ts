import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/edge/engine.ts";
import { createUpkeep } from "../../src/flows/upkeep.ts";
import type { Deed } from "../../src/model/ledger.ts";
import type { Answer } from "../../src/model/sandbox.ts";
import { container } from "../fixtures/container.ts";
import { fakeEngine } from "../fixtures/engine.ts";
import { cgroup, kernel } from "../fixtures/kernel.ts";

const MINUTE = 60_000;

/** Ended processes that the sandbox's `sleep` does not collect. */
function zombiesOf(count: number): Record<string, string> {
  const pids = Array.from({ length: count }, (_, index) => 1_000 + index);
  return { "/proc/12/task/12/children": pids.map((pid) => `${pid} `).join(""), ...Object.fromEntries(pids.map((pid) => [`/proc/${pid}/stat`, `${pid} (sh) Z 12 1`])) };
}

/** One sandbox, in which a number of tasks runs and which gives these answers. */
function setUp(does: Partial<Engine> = {}) {
  const held: string[] = [];
  const state = { answer: "alive" as Answer, tasks: 2, init: "S", oomKills: 0, now: 0, probesLeft: 0, began: 0, zombies: 0 };
  const acted: string[] = [];
  const deeds: Deed[] = [];
  const engine = fakeEngine({
    probe: async () => {
      acted.push("probe");
      state.tasks += state.began;
      return state.answer;
    },
    remove: async () => void acted.push("remove"),
    kill: async () => void acted.push("kill"),
    ...does,
  });
  const readKernel = (path: string) =>
    kernel({ ...zombiesOf(state.zombies), "/proc/4711/cmdline": "catatonit\0", "/proc/12/cmdline": "sleep\0", "/proc/13/cmdline": "/bin/sh\0-lc\0echo fortress-probe-alive\0", "/proc/4711/stat": `4711 (catato (n) it) ${state.init} 1 1`, "/proc/4711/cgroup": "0::/c\n", "/sys/fs/cgroup/cgroup.controllers": "memory\n", ...cgroup("/sys/fs/cgroup/c", { "pids.current": String(state.tasks + state.probesLeft), "cgroup.procs": [4711, 12, ...Array<number>(state.probesLeft).fill(13)].join("\n"), "memory.events": `oom_kill ${state.oomKills}` }) })(path);
  const core = { edges: { engine: () => engine, isVisible: () => true, readKernel }, ledger: { record: async (deed: Deed) => void deeds.push(deed) } };
  const quarantine: Parameters<typeof createUpkeep>[1] = {
    hold: async ({ container: { name } }, because) => void held.push(`${name}: ${because}`),
    settle: async () => void acted.push("settle"),
    findings: () => held.map((detail) => ({ id: "liveness.quarantined", severity: "critical", detail, remedy: "r" })),
  };
  const upkeep = createUpkeep(core as unknown as Parameters<typeof createUpkeep>[0], quarantine, { now: () => state.now });
  const one = { engine: "podman" as const, container: container() };
  const tend = async (times = 1): Promise<void> => {
    for (let time = 0; time < times; time += 1) {
      await upkeep.tend([one]);
      state.now += 5 * MINUTE;
    }
  };
  return { state, acted, deeds, held, upkeep, one, tend };
}

describe("a sandbox that does not answer", () => {
  it("is removed at the second time, to be made anew, and that is written down", async () => {
    const { state, acted, deeds, tend, upkeep } = setUp();
    await tend();
    expect(upkeep.findings()).toEqual([]);
    state.answer = "hung";
    await tend();
    expect(upkeep.findings()).toMatchObject([{ id: "liveness.failed", severity: "warn" }]);
    await tend();
    expect(acted.filter((act) => act !== "settle")).toEqual(["probe", "probe", "probe", "remove"]);
    expect(deeds).toMatchObject([{ action: "sandbox.restarted", target: "openclaw-sbx-main", outcome: "done" }]);
  });

  it("is left alone while a command runs in it, whatever our own probes left there", async () => {
    const { state, acted, tend } = setUp();
    Object.assign(state, { answer: "hung", tasks: 3, probesLeft: 4 });
    await tend(5);
    expect(acted).not.toContain("remove");
    state.tasks = 2;
    await tend();
    expect(acted).toContain("remove");
  });

  it("is left alone when a command began while it was looked at", async () => {
    const { state, acted, tend } = setUp();
    Object.assign(state, { answer: "broken" });
    await tend(1);
    state.began = 1;
    await tend(1);
    expect(acted).not.toContain("remove");
  });

  it("is restarted when a signal stopped its first process", async () => {
    const { state, acted, tend } = setUp();
    state.init = "T";
    await tend(2);
    expect(acted).toContain("remove");
  });

  it("is nothing to mend where the engine does not answer", async () => {
    const { state, acted, tend, upkeep } = setUp();
    state.answer = "unknown";
    await tend(9);
    expect([acted.includes("remove"), upkeep.findings()]).toEqual([false, []]);
  });

  it("is quarantined after three restarts, and only that is told of it then", async () => {
    const { state, acted, held, tend, upkeep } = setUp();
    state.answer = "broken";
    await tend(10);
    expect(acted.filter((act) => act === "remove")).toHaveLength(3);
    expect(held).toEqual(["openclaw-sbx-main: a trivial command in it fails, after 3 restarts within an hour"]);
    expect(upkeep.findings().map(({ id }) => id)).toEqual(["liveness.quarantined"]);
  });

  it("is nothing to tell of when it went away between the look and the end", async () => {
    const { state, deeds, tend, upkeep } = setUp({ remove: () => Promise.reject(new Error("no such container")), inspect: async () => undefined });
    state.answer = "broken";
    await tend(2);
    expect([deeds, upkeep.findings()]).toEqual([[], []]);
  });
});

it("looks at nothing that does not run, but ends what quarantine is over", async () => {
  const { acted, upkeep } = setUp();
  await upkeep.tend([{ engine: "podman", container: container({ running: false, pid: 0 }) }]);
  expect(acted).toEqual(["settle"]);
});

it("names a sandbox in which ended processes pile up, from eleven on, until they are gone", async () => {
  const { state, tend, upkeep } = setUp();
  state.zombies = 10;
  await tend();
  expect(upkeep.findings()).toEqual([]);
  state.zombies = 11;
  await tend();
  expect(upkeep.findings()).toMatchObject([{ id: "liveness.zombies", severity: "warn", detail: expect.stringMatching(/^openclaw-sbx-main: 11 processes ended/) as string }]);
  state.zombies = 0;
  await tend();
  expect(upkeep.findings()).toEqual([]);
});

it("names a sandbox that keeps hitting its limits, until it is gone", async () => {
  const { state, tend, upkeep } = setUp();
  for (const oomKills of [0, 1, 4]) {
    state.oomKills = oomKills;
    await tend();
  }
  expect(upkeep.findings()).toMatchObject([{ id: "limits.strained", severity: "warn", detail: expect.stringContaining("killed 4 processes") as string }]);
  await upkeep.tend([]);
  expect(upkeep.findings()).toEqual([]);
});
