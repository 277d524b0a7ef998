import { describe, expect, it, vi } from "vitest";
import { createAttestation, EXPIRY_MS, FRESH_MS } from "../../src/flows/attestation.ts";
import type { Core } from "../../src/flows/core.ts";
import type { CheckResult } from "../../src/model/check.ts";
import { FortressError } from "../../src/model/errors.ts";
import type { Deed } from "../../src/model/ledger.ts";
import { container as one } from "../fixtures/container.ts";
import { errorOf } from "../fixtures/errors.ts";

const check = (change: Partial<CheckResult>): CheckResult => ({ id: "network.interfaces", title: "t", severity: "critical", maps: [], remedy: "Disconnect it.", where: "outside", state: "fail", evidence: "eth0", ...change });
const NETWORK = check({});
const container = one({ name: "box", labels: { "openclaw.sessionKey": "agent:main:main" } });

function setUp(mode: "enforce" | "audit" | "wrong" = "enforce") {
  const state = { now: 0, identity: "1", results: [] as CheckResult[] };
  const deeds: Deed[] = [];
  const glance = vi.fn(() => state.results);
  const core = {
    edges: { watch: { clock: { now: () => state.now } }, processIdentity: () => state.identity },
    ledger: { record: async (deed: Deed) => void deeds.push(deed) },
    planned: new Map([["box", {}]]),
    resolve() {
      if (mode === "wrong") throw new FortressError("config-invalid", "wrong", "Mend it.");
      return { config: { attestation: { mode } } };
    },
  } as unknown as Core;
  const attestation = createAttestation(core, { glance });
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

  it("needs a look of its own only where the last one is old, or the process another", () => {
    const { attestation, state, glance } = setUp();
    const asked = (): number => (attestation.assert("podman", container), glance.mock.calls.length);
    expect([asked(), asked()]).toEqual([1, 1]);
    state.now = FRESH_MS - 1;
    expect(asked()).toBe(1);
    state.now = FRESH_MS;
    expect(asked()).toBe(2);
    state.identity = "2";
    expect(asked()).toBe(3);
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
    expect(attestation.findings()).toMatchObject([{ id: "attestation.failed", severity: "critical", detail: "box: network.interfaces: eth0. Commands run in it all the same (attestation.mode: audit)." }]);
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
