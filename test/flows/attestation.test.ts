import { describe, expect, it, vi } from "vitest";
import { createAttestation, EXPIRY_MS, FRESH_MS } from "../../src/flows/attestation.ts";
import type { Core } from "../../src/flows/core.ts";
import type { CheckResult } from "../../src/model/check.ts";
import { FortressError } from "../../src/model/errors.ts";
import type { Deed } from "../../src/model/ledger.ts";
import type { Container } from "../../src/model/sandbox.ts";
import { container as one } from "../fixtures/container.ts";
import { errorOf } from "../fixtures/errors.ts";

const check = (change: Partial<CheckResult>): CheckResult => ({ id: "network.interfaces", title: "t", severity: "critical", maps: [], remedy: "Disconnect it.", where: "outside", state: "fail", evidence: "eth0", ...change });
const NETWORK = check({});
const container = one({ name: "box", labels: { "openclaw.sessionKey": "agent:main:main" } });

function setUp(mode: "enforce" | "audit" | "wrong" = "enforce") {
  const state = { now: 0, uptime: 0, identity: "1" as string | undefined, policy: "p1", results: [] as CheckResult[] };
  const deeds: Deed[] = [];
  const glance = vi.fn(() => state.results);
  const core = {
    edges: {
      watch: { clock: { now: () => state.now } },
      storeEdge: { now: () => state.now },
      processIdentity: () => state.identity,
      isVisible: () => state.identity !== undefined,
      readKernel: (path: string) => (path === "/proc/uptime" ? `${(state.uptime / 100).toFixed(2)} 7.00\n` : undefined),
    },
    ledger: { record: async (deed: Deed) => void deeds.push(deed) },
    planned: new Map([["box", {}]]),
    resolve() {
      if (mode === "wrong") throw new FortressError("config-invalid", "wrong", "Mend it.");
      return { config: { attestation: { mode } } };
    },
  } as unknown as Core;
  const attestation = createAttestation(core, { glance }, () => state.policy);
  return { state, deeds, glance, attestation, refused: () => errorOf(() => attestation.assert("podman", container)) };
}

describe("a command", () => {
  it.each<[string, CheckResult[], boolean]>([
    ["everything holds", [check({ state: "pass" })], false],
    ["something critical does not hold", [check({ state: "pass" }), NETWORK], true],
    ["something critical could not be looked at", [check({ state: "unknown" })], true],
    ["something less does not hold", [check({ severity: "warn" })], false],
    ["something less could not be looked at", [check({ severity: "warn", state: "unknown" })], false],
    ["there is nothing to look at", [check({ state: "not-applicable" })], false],
  ])("where %s", (_, results, refuses) => {
    const { attestation, state, refused } = setUp();
    state.results = results;
    if (refuses) expect(refused()).toMatchObject({ code: "not-attested" });
    else attestation.assert("podman", container);
    expect(attestation.findings()).toHaveLength(refuses ? 1 : 0);
    expect(attestation.refusal("main") !== undefined).toBe(refuses);
  });

  it("is told what does not hold and what to do", () => {
    const { attestation, state, refused } = setUp();
    const unseen = ["a", "b", "c", "d", "e"].map((id) => check({ id, state: "unknown", evidence: "not seen" }));
    state.results = [NETWORK, ...unseen];
    expect(refused()).toMatchObject({ message: "no command runs in box: network.interfaces: eth0; a, b, c and 2 more: not seen.", remedy: "Disconnect it. attestation.mode: audit lets commands run all the same." });
    expect(attestation.refusal("main")).toContain("box: network.interfaces: eth0");
    state.results = unseen;
    expect(refused().remedy).toMatch(/^Run the gateway on the engine's host/);
  });

  it("needs a look of its own only where the last one is old", () => {
    const { attestation, state, glance } = setUp();
    const asked = (): number => (attestation.assert("podman", container), glance.mock.calls.length);
    expect([asked(), asked()]).toEqual([1, 1]);
    state.now = FRESH_MS - 1;
    expect(asked()).toBe(1);
    state.now = FRESH_MS;
    expect(asked()).toBe(2);
  });

  it("runs at once where what did not hold was mended, and each refusal looks again", () => {
    const { attestation, state, refused, glance } = setUp();
    state.results = [NETWORK];
    expect([refused().code, refused().code, glance.mock.calls.length]).toEqual(["not-attested", "not-attested", 2]);
    state.results = [];
    attestation.assert("podman", container);
    expect(attestation.refusal("main")).toBeUndefined();
  });

  it("that nobody refuses costs a look only where the last one is old, as well", () => {
    const { attestation, state, glance } = setUp("audit");
    state.results = [NETWORK];
    attestation.assert("podman", container);
    attestation.assert("podman", container);
    expect(glance).toHaveBeenCalledTimes(1);
    state.now = FRESH_MS;
    attestation.assert("podman", container);
    expect(glance).toHaveBeenCalledTimes(2);
  });

  it("runs in mode audit, and that is a finding", () => {
    const { attestation, state } = setUp("audit");
    state.results = [NETWORK];
    attestation.assert("podman", container);
    expect(attestation.refusal("main")).toBeUndefined();
    expect(attestation.findings()).toMatchObject([{ id: "attestation.failed", severity: "critical", detail: "Commands run in box all the same (attestation.mode: audit): network.interfaces: eth0." }]);
  });
});

const restarted = { code: "not-attested", message: "box was restarted by somebody else than OpenClaw since 1970-01-01T00:00:00.000Z; its processes and what was in its tmpfs are gone." };

describe("a sandbox that was started anew", () => {
  /** A turn of its agent: OpenClaw starts what is stopped, and fortress looks at what it gives. */
  const turn = ({ attestation, state }: ReturnType<typeof setUp>, starts?: string): void => {
    const provided = attestation.providing("agent:main:main");
    if (starts !== undefined) state.identity = starts;
    provided();
    attestation.assert("podman", container);
  };
  const alive = (): ReturnType<typeof setUp> => {
    const world = setUp();
    world.state.uptime = 100;
    turn(world);
    return world;
  };

  it("by somebody else is refused once, told of and written down, and then looked at anew", () => {
    const { attestation, state, refused, deeds, glance } = alive();
    state.identity = "200";
    expect(refused()).toMatchObject(restarted);
    attestation.assert("podman", container);
    expect([glance.mock.calls.length, attestation.refusal("main")]).toEqual([2, undefined]);
    expect(deeds).toMatchObject([{ action: "verdict.lost", target: "box", outcome: "refused" }]);
    expect(attestation.findings()).toMatchObject([{ id: "attestation.restarted", severity: "warn", detail: expect.stringContaining("one command was refused") as string }]);
  });

  it("by somebody else is refused where it no longer holds, too", () => {
    const { state, refused } = alive();
    state.identity = "200";
    state.results = [NETWORK];
    expect([refused().message, refused().message]).toEqual([restarted.message, expect.stringContaining("network.interfaces")]);
  });

  it("by somebody else costs a tool that comes before the next command, and not both", () => {
    const { attestation, state, deeds } = alive();
    state.identity = "200";
    attestation.renew({ engine: "podman", container });
    expect(attestation.findings()).toMatchObject([{ detail: expect.stringContaining("its next command is refused") as string }]);
    expect([attestation.refusal("other"), attestation.refusal("main"), attestation.refusal("main")]).toEqual([undefined, expect.stringContaining(restarted.message.slice(0, -1)), undefined]);
    attestation.assert("podman", container);
    expect(deeds).toHaveLength(1);
  });

  it("by somebody else after it was seen stopped is refused", () => {
    const { attestation, state, refused } = alive();
    state.identity = undefined;
    attestation.renew({ engine: "podman", container: { ...container, running: false, pid: 0 } });
    state.identity = "200";
    expect(refused()).toMatchObject(restarted);
  });

  it("by somebody else before a turn began that found it running is refused in this turn", () => {
    const world = alive();
    // It was stopped, and started at 200 again; the turn begins at 300.
    Object.assign(world.state, { identity: "200", uptime: 300 });
    expect(errorOf(() => turn(world))).toMatchObject(restarted);
    turn(world);
  });

  it("by somebody else during a turn that found it running is refused", () => {
    const world = alive();
    expect(errorOf(() => turn(world, "100"))).toMatchObject(restarted);
  });

  it("by OpenClaw, at the beginning of a turn, is not refused", () => {
    const world = alive();
    Object.assign(world.state, { identity: undefined, uptime: 300 });
    turn(world, "300");
    expect([world.deeds, world.attestation.findings(), world.attestation.refusal("main")]).toEqual([[], [], undefined]);
  });

  it("by OpenClaw, in a turn that failed before anything looked at it, is not refused, whoever sees it first", () => {
    const world = alive();
    const { attestation, state, deeds } = world;
    Object.assign(state, { identity: undefined, uptime: 300 });
    const provided = attestation.providing("agent:main:main");
    Object.assign(state, { identity: "310", uptime: 320 });
    provided();
    state.uptime = 400;
    turn(world);
    attestation.renew({ engine: "podman", container });
    expect(deeds).toEqual([]);
  });

  it("by OpenClaw for another sandbox is no excuse", () => {
    const { attestation, state, refused } = alive();
    Object.assign(state, { identity: undefined, uptime: 300 });
    attestation.providing("agent:other:main")();
    state.identity = "300";
    expect(refused()).toMatchObject(restarted);
  });

  it("by somebody else, and made anew before anybody was told, refuses nothing", () => {
    const { attestation, state } = alive();
    state.identity = "200";
    attestation.renew({ engine: "podman", container });
    attestation.assert("podman", { ...container, id: "f".repeat(64) });
    expect([attestation.refusal("main"), attestation.findings()]).toEqual([undefined, []]);
  });

  it("is nothing to tell of where it was made anew, or was not seen before", () => {
    const { attestation, state, deeds } = alive();
    state.identity = "200";
    attestation.assert("podman", { ...container, id: "f".repeat(64) });
    expect(deeds).toEqual([]);
  });

  it("by somebody else is told of until it is gone", async () => {
    const { attestation, state, refused } = alive();
    state.identity = "200";
    refused();
    await attestation.renewAll([{ engine: "podman", container }]);
    expect(attestation.findings()).toHaveLength(1);
    await attestation.renewAll([]);
    expect(attestation.findings()).toEqual([]);
  });

  it("by somebody else goes on in mode audit, and is told of", () => {
    const { attestation, state, deeds } = setUp("audit");
    attestation.assert("podman", container);
    state.identity = "200";
    attestation.assert("podman", container);
    expect([attestation.refusal("main"), deeds]).toEqual([undefined, [expect.objectContaining({ outcome: "done" })]]);
    expect(attestation.findings()).toMatchObject([{ detail: expect.stringContaining("attestation.mode: audit") as string }]);
  });
});

describe("a verdict", () => {
  const EXPIRES = new Date(EXPIRY_MS).toISOString();

  it("says to what it is bound, from when to when, and what is open", () => {
    const { attestation, state } = setUp();
    const labelled = one({ name: "box", labels: { "openclaw.configHash": "h1" } });
    attestation.assert("podman", labelled);
    expect(attestation.verdictOf(labelled)).toEqual({ containerId: labelled.id, configHash: "h1", policyHash: "p1", since: "1970-01-01T00:00:00.000Z", expires: EXPIRES, open: [] });
    state.now = EXPIRY_MS;
    state.results = [NETWORK];
    attestation.renew({ engine: "podman", container: labelled });
    state.now += 7;
    expect(attestation.verdictOf(labelled)).toMatchObject({ since: EXPIRES, open: [NETWORK.id] });
  });

  it.each<[string, (state: ReturnType<typeof setUp>["state"]) => Partial<Container>]>([
    ["another container", () => ({ id: "f".repeat(64) })],
    ["another configuration of OpenClaw's", () => ({ labels: { ...container.labels, "openclaw.configHash": "h2" } })],
    ["another policy", (state) => ((state.policy = "p2"), {})],
    ["another first process", (state) => ((state.identity = "2"), {})],
    ["a later time", (state) => ((state.now = EXPIRY_MS + 1), {})],
  ])("counts for nothing with %s, and no command runs before the next look", (_, change) => {
    const { attestation, state, glance } = setUp("audit");
    attestation.assert("podman", container);
    const changed = { ...container, ...change(state) };
    expect(attestation.verdictOf(changed)).toBeUndefined();
    attestation.assert("podman", changed);
    expect(glance).toHaveBeenCalledTimes(2);
    expect(attestation.verdictOf(changed)).toBeDefined();
  });
});

describe("a tool", () => {
  it("is refused to the agents that use the sandbox, and to no others", () => {
    const { attestation, state } = setUp();
    state.results = [NETWORK];
    attestation.renew({ engine: "podman", container });
    expect([attestation.refusal("main") !== undefined, attestation.refusal("other")]).toEqual([true, undefined]);
    const common = one({ name: "box", labels: {} });
    attestation.renew({ engine: "podman", container: common });
    expect(attestation.refusal("other")).toContain("box");
  });

  it("is refused where nobody renewed the verdict for long", () => {
    const { attestation, state } = setUp();
    attestation.renew({ engine: "podman", container });
    state.now = EXPIRY_MS;
    expect(attestation.refusal("main")).toBeUndefined();
    state.now = EXPIRY_MS + 1;
    expect(attestation.refusal("main")).toContain("older than 11 minutes");
  });

  it("is let in again where the sandbox was repaired, made anew, or is gone", async () => {
    const { attestation, state } = setUp();
    const spoil = (): void => {
      state.results = [NETWORK];
      attestation.renew({ engine: "podman", container });
      expect(attestation.refusal("main")).toBeDefined();
      state.results = [];
    };
    spoil();
    attestation.renew({ engine: "podman", container });
    expect(attestation.refusal("main")).toBeUndefined();
    spoil();
    attestation.assert("podman", { ...container, id: "f".repeat(64) });
    expect(attestation.refusal("main")).toBeUndefined();
    state.results = [NETWORK];
    spoil();
    await attestation.renewAll([]);
    expect(attestation.refusal("main")).toBeUndefined();
    spoil();
    state.results = [NETWORK];
    attestation.renew({ engine: "podman", container: { ...container, running: false } });
    expect(attestation.findings()).toEqual([]);
  });

  it("is not refused for a sandbox that nobody asked fortress for since its start", async () => {
    const { attestation, state, glance } = setUp();
    state.results = [NETWORK];
    await attestation.renewAll([{ engine: "podman", container: one({ name: "older", labels: container.labels }) }]);
    expect([glance.mock.calls.length, attestation.refusal("main")]).toEqual([0, undefined]);
  });
});

describe("a command of a sandboxed agent that is about to run on the host", () => {
  it.each(["enforce", "audit"] as const)("is written down, in mode %s", async (mode) => {
    const { attestation, deeds } = setUp(mode);
    const reason = await attestation.hostCommand("main");
    expect(reason === undefined).toBe(mode === "audit");
    expect(deeds).toMatchObject([{ action: "host-command", target: "main", outcome: mode === "audit" ? "done" : "refused" }]);
    expect(attestation.findings()).toMatchObject([{ id: "attestation.host-command", detail: expect.stringContaining(mode === "audit" ? "ran (" : "was refused") as string }]);
  });

  it("is refused where the configuration is wrong", async () => {
    expect(await setUp("wrong").attestation.hostCommand("main")).toContain("would run on the host");
  });
});
