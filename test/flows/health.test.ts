import { describe, expect, it } from "vitest";
import { checkHealth, type HealthEdges, type HealthEvent } from "../../src/flows/health.ts";
import { FortressError } from "../../src/model/errors.ts";
import type { ListeningSocket, ProbeResponse, Work } from "../../src/model/gateway.ts";

const LIVE: ProbeResponse = { kind: "answer", status: 200, body: '{"ok":true,"status":"live"}' };
const MIN = 60_000;
const INVOCATION = "8c3cb442d89442f98a5ee609f0790784";

/** A gateway on port 18789 with its unit, on a machine that was started an hour ago. */
function world() {
  const state = {
    now: 60 * MIN,
    answer: { kind: "timeout" } as ProbeResponse,
    startup: undefined as ProbeResponse | undefined,
    tls: false,
    port: 18_789,
    unit: { ActiveState: "active", MainPID: 42, port: "" } as { ActiveState: string; MainPID: number; port: string; exited?: number; restarts?: number } | undefined,
    work: { running: undefined, uncleanStarts: 0 } as Work | undefined,
    listeners: [] as ListeningSocket[],
    lastWords: "",
    /** What systemd does when it is told to restart: the process stops at once, never, or it refuses. */
    onRestart: "obeys" as "obeys" | "hangs" | "refuses",
    killable: true,
    file: undefined as string | undefined,
    locked: false,
    configError: undefined as FortressError | undefined,
    diskFull: false,
    started: MIN,
    did: [] as string[],
    events: [] as HealthEvent[],
  };
  const edges: HealthEdges = {
    endpoint() {
      if (state.configError) throw state.configError;
      return { port: 18_789, tls: false };
    },
    unit: "openclaw-gateway.service",
    async probe({ port, tls, path }) {
      if (port !== state.port) return { kind: "refused" };
      if (tls !== state.tls) return { kind: "reset" };
      if (path === "/startupz" && state.startup) return state.startup;
      return path === "/readyz" && state.answer === LIVE ? { kind: "answer", status: 503, body: '{"ready":false,"failing":["telegram"]}' } : state.answer;
    },
    show: async () =>
      state.unit &&
      `LoadState=loaded\nActiveState=${state.unit.ActiveState}\nResult=success\nMainPID=${state.unit.MainPID}\nControlGroup=${state.unit.MainPID === 0 ? "" : "/user.slice/openclaw-gateway.service"}\nExecMainCode=${state.unit.exited === undefined ? 0 : 1}\nExecMainStatus=${state.unit.exited ?? 0}\nInvocationID=${INVOCATION}\nNRestarts=${state.unit.restarts ?? 0}\nActiveEnterTimestampMonotonic=${1_000 * state.started}\nExecStart=gateway --port ${state.unit.port}`,
    listeners: async (port) => (port === state.port ? state.listeners : []),
    async lastWords(invocation) {
      expect(invocation).toBe(INVOCATION);
      return state.lastWords;
    },
    async restart() {
      state.did.push("restart");
      if (state.onRestart === "obeys") state.unit!.MainPID += 1;
      return state.onRestart !== "refuses";
    },
    async kill() {
      state.did.push("kill");
      if (state.killable) state.unit!.MainPID += 1;
      return state.killable;
    },
    work: async () => state.work,
    settings: async () => ({ restart: true, graceMs: 5 * MIN }),
    counters: {
      read: () => state.file,
      write: (text) => void (state.file = text),
      exclusively: async (action) => (state.locked ? undefined : action()),
    },
    boot: "b",
    now: () => state.now,
    wait: async (ms) => void (state.now += ms),
    async diagnose(_, __, { because }) {
      state.did.push("diagnose");
      expect(because).not.toBe("");
      if (state.diskFull) throw new Error("ENOSPC: no space left on device, open '/evidence/1.json'");
      return "/evidence/1.json";
    },
    announce: async (event) => void state.events.push(event),
  };
  const heal = () => checkHealth(edges, { heal: true });
  /** As the timer: every three minutes. */
  const healTimes = async (count: number) => {
    for (let each = 0; each < count; each += 1) {
      state.now += 3 * MIN;
      await heal();
    }
  };
  return { state, edges, heal, healTimes };
}

describe("a gateway that lives", () => {
  it("is reported with its readiness, and leaves nothing behind", async () => {
    const { state, heal } = world();
    state.answer = LIVE;
    expect(await heal()).toMatchObject({ state: "live", readiness: { ready: false, failing: ["telegram"] }, decision: { action: "none" } });
    expect([state.file, state.did, state.events]).toEqual([undefined, [], []]);
  });

  it.each([
    ["with TLS that the configuration does not know of", { tls: true }],
    ["on the port of its unit", { port: 4_000, unit: { ActiveState: "active", MainPID: 42, port: "4000" } }],
  ])("%s, is found", async (_, changes) => {
    const { state, heal } = world();
    Object.assign(state, changes, { answer: LIVE });
    expect(await heal()).toMatchObject({ state: "live", port: state.port, readiness: { failing: ["telegram"] } });
    expect(state.did).toEqual([]);
  });
});

describe("a gateway that hangs", () => {
  it("is restarted at the third failure, once, with evidence and one message", async () => {
    const { state, healTimes, heal } = world();
    await healTimes(2);
    expect([state.did, state.events]).toEqual([[], []]);
    state.now += 3 * MIN;
    expect(await heal()).toMatchObject({ state: "down", failures: 3, decision: { action: "restart" }, outcome: "It is starting.", evidence: "/evidence/1.json" });
    expect(state.did).toEqual(["diagnose", "restart"]);
    expect(state.events).toEqual([{ kind: "restarted", text: expect.stringMatching(/was restarted: .*gives no answer.*It is starting/) as string, outcome: "done" }]);
    state.answer = LIVE;
    await healTimes(3);
    expect(state.events.map(({ kind }) => kind)).toEqual(["restarted", "recovered"]);
    expect(JSON.parse(state.file!)).toMatchObject({ failures: 0, told: false, restarts: [expect.any(Number)] });
  });

  it("is not restarted where it answers in between", async () => {
    const { state, healTimes } = world();
    for (const answer of [{ kind: "timeout" }, { kind: "timeout" }, LIVE, { kind: "timeout" }, { kind: "timeout" }] as ProbeResponse[]) {
      state.answer = answer;
      await healTimes(1);
    }
    expect(state.did).toEqual([]);
    await healTimes(1);
    expect(state.did).toEqual(["diagnose", "restart"]);
  });

  it("is restarted also where no evidence of it can be kept, which is said", async () => {
    const { state, healTimes, heal } = world();
    state.diskFull = true;
    await healTimes(2);
    state.now += 3 * MIN;
    const words = "It is starting. No evidence of it could be kept: ENOSPC: no space left on device, open '/evidence/1.json'.";
    expect(await heal()).toMatchObject({ decision: { action: "restart" }, outcome: words, evidence: undefined });
    expect(state.did).toEqual(["diagnose", "restart"]);
    expect(state.events).toEqual([{ kind: "restarted", text: expect.stringContaining(words) as string, outcome: "done" }]);
    expect(JSON.parse(state.file!)).toMatchObject({ failures: 0, restarts: [expect.any(Number)] });
  });

  it("is restarted where it could not get hold of its state at its start", async () => {
    const { state, healTimes } = world();
    Object.assign(state, { answer: { kind: "refused" }, unit: { ActiveState: "failed", MainPID: 0, port: "", exited: 78 }, lastWords: "OpenClaw startup migrations are already running for this state directory; retry after" });
    await healTimes(3);
    expect(state.did).toEqual(["diagnose", "restart"]);
    expect(state.events[0]!.text).toMatch(/exit code 78.*startup migrations are already running/);
  });

  it.each<[string, ListeningSocket]>([
    ["a process that may be its own", { own: true, holders: [] }],
    ["its own process", { own: true, holders: [{ pid: 42, name: "node", groups: "0::/user.slice/openclaw-gateway.service\n" }] }],
  ])("is restarted where its port is held by %s", async (_, socket) => {
    const { state, healTimes } = world();
    state.listeners = [socket];
    await healTimes(3);
    expect(state.did).toEqual(["diagnose", "restart"]);
  });

  it("is killed when it does not react to being stopped", async () => {
    const { state, healTimes } = world();
    state.onRestart = "hangs";
    await healTimes(3);
    expect(state.did).toEqual(["diagnose", "restart", "kill"]);
    expect(state.events[0]!.text).toMatch(/was killed/);
  });

  it("stays where it is when systemd refuses to kill it, and the operator is told", async () => {
    const { state, healTimes } = world();
    Object.assign(state, { onRestart: "hangs", killable: false });
    await healTimes(3);
    expect(state.did).toEqual(["diagnose", "restart", "kill"]);
    expect(state.events[0]).toMatchObject({ text: expect.stringMatching(/could not be restarted: .*systemd could not kill it/) as string, outcome: "failed" });
  });

  it("stays where it is when systemd refuses, and the operator is told", async () => {
    const { state, healTimes } = world();
    state.onRestart = "refuses";
    await healTimes(3);
    expect(state.did).toEqual(["diagnose", "restart"]);
    expect(state.events[0]).toMatchObject({ text: expect.stringMatching(/could not be restarted: .*systemd refused/) as string, outcome: "failed" });
  });

  it("is restarted ever more rarely while that does not help", async () => {
    const { state, healTimes } = world();
    await healTimes(20);
    expect(state.did.filter((each) => each === "restart")).toHaveLength(3);
    await healTimes(220);
    expect(state.did.filter((each) => each === "restart").length).toBeLessThanOrEqual(7);
    expect(state.events.filter(({ kind }) => kind === "down")).toHaveLength(0);
  });

  it("remembers a restart that it did not survive itself", async () => {
    const { state, edges, healTimes } = world();
    await healTimes(2);
    await expect(checkHealth({ ...edges, restart: () => Promise.reject(new Error("killed")) }, { heal: true })).rejects.toThrow("killed");
    expect(JSON.parse(state.file!)).toMatchObject({ failures: 0, restarts: [state.now] });
  });
});

describe("left alone", () => {
  it.each<[string, (state: ReturnType<typeof world>["state"]) => void, string, number]>([
    ["somebody stopped it", ({ unit }) => void (unit!.ActiveState = "inactive"), "leave", 0],
    ["there is no unit", (state) => void (state.unit = undefined), "leave", 1],
    ["an update runs", (state) => void (state.work = { running: "An update of OpenClaw runs.", uncleanStarts: 0 }), "leave", 1],
    ["OpenClaw refuses to start", (state) => void Object.assign(state, { answer: { kind: "refused" }, unit: { ActiveState: "failed", MainPID: 0, port: "", exited: 78 }, lastWords: "Invalid config" }), "leave", 1],
    ["something else has the port", (state) => void (state.answer = { kind: "answer", status: 200, body: "<html>" }), "leave", 1],
    ["what is no HTTP has the port", (state) => void (state.listeners = [{ own: true, holders: [{ pid: 7, name: "redis-server", groups: "0::/user.slice/redis.service\n" }] }]), "leave", 1],
    ["it says that it starts", (state) => void Object.assign(state, { answer: { kind: "answer", status: 500, body: "{}" }, startup: { kind: "answer", status: 503, body: '{"status":"draining"}' } }), "wait", 0],
    ["systemd is starting it", ({ unit }) => void (unit!.ActiveState = "activating"), "wait", 0],
  ])("where %s", async (_, change, action, told) => {
    const { state, heal, healTimes } = world();
    change(state);
    await healTimes(8);
    expect((await heal()).decision.action).toBe(action);
    expect(state.did).not.toContain("restart");
    expect(state.did).toEqual(told === 0 ? [] : ["diagnose"]);
    expect(state.events.map(({ kind }) => kind)).toEqual(told === 0 ? [] : ["down"]);
  });

  it("and told also where no evidence of it can be kept", async () => {
    const { state, healTimes, heal } = world();
    Object.assign(state, { diskFull: true, unit: undefined });
    await healTimes(2);
    expect(await heal()).toMatchObject({ failures: 3, decision: { action: "leave" }, outcome: expect.stringMatching(/^No evidence of it could be kept: ENOSPC/) as string, evidence: undefined });
    await healTimes(3);
    expect(state.events).toEqual([{ kind: "down", text: expect.stringMatching(/leaves it alone: .* No evidence of it could be kept: ENOSPC/) as string, outcome: "refused" }]);
  });

  it("and told once, with evidence, where systemd starts it again and again", async () => {
    const { state, heal } = world();
    state.answer = { kind: "refused" };
    const actions: string[] = [];
    for (let each = 0; each < 8; each += 1) {
      // As where it runs for a minute, and ends: now it starts, now it is to be started.
      state.unit = { ActiveState: each % 2 === 0 ? "activating" : "active", MainPID: 100 + each, port: "", restarts: 20 + each };
      state.started = state.now + 2 * MIN;
      state.now += 3 * MIN;
      actions.push((await heal()).decision.action);
    }
    expect(actions).toEqual(["wait", "wait", "wait", ...Array.from({ length: 5 }, () => "diagnose")]);
    expect(state.did).toEqual(["diagnose"]);
    expect(state.events).toEqual([{ kind: "down", text: expect.stringMatching(/again 3 times since/) as string, outcome: "refused" }]);
    state.answer = LIVE;
    await heal();
    expect(state.events.map(({ kind }) => kind)).toEqual(["down", "recovered"]);
  });

  it("and told who has its port", async () => {
    const { state, healTimes, heal } = world();
    state.listeners = [{ own: true, holders: [{ pid: 7, name: "redis-server", groups: "0::/user.slice/redis.service\n" }] }];
    await healTimes(4);
    expect(await heal()).toMatchObject({ state: "foreign", because: "Port 18789 is held by process 7 (redis-server), which is not the gateway's service." });
    expect(state.events).toEqual([{ kind: "down", text: expect.stringContaining("held by process 7 (redis-server)") as string, outcome: "refused" }]);
  });

  it("is unknown where the configuration can't be read", async () => {
    const { state, heal } = world();
    state.configError = new FortressError("host-config-unreadable", "It is no JSON5.", "Mend it.");
    expect(await heal()).toMatchObject({ state: "unknown", because: "It is no JSON5.", decision: { action: "leave" } });
    expect(state.file).toBeUndefined();
  });

  it("while another run is at it", async () => {
    const { state, heal } = world();
    state.file = JSON.stringify({ boot: "b", failures: 9, restarts: [], told: false });
    state.locked = true;
    expect(await heal()).toMatchObject({ decision: { action: "wait", because: expect.stringMatching(/Another run/) as string } });
    expect(state.did).toEqual([]);
  });
});

it("counts and restarts nothing for a person who asks", async () => {
  const { state, edges } = world();
  state.file = JSON.stringify({ boot: "b", failures: 9, restarts: [], told: false });
  const before = state.file;
  expect(await checkHealth(edges, { heal: false })).toMatchObject({ state: "down", failures: 9, decision: { action: "restart" }, outcome: undefined });
  expect([state.file, state.did, state.events]).toEqual([before, [], []]);
});
