import { describe, expect, it, vi } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import type { Container, EngineId } from "../../src/model/sandbox.ts";
import { buildReport } from "../../src/report/build.ts";
import { collect, type Collector, type Look } from "../../src/report/collect.ts";
import { container } from "../fixtures/container.ts";
import { VERDICT } from "../fixtures/report.ts";

const LOOK: Look = { attestation: VERDICT, mounts: [{ target: "/workspace", mode: "rw" }], limits: [{ name: "pids", wanted: 512, actual: 512 }], findings: [] };

function collector(containers: Partial<Record<EngineId, Container[]>>, overrides: Partial<Collector> = {}): Collector {
  return {
    sandboxes: async (engine) => containers[engine] ?? [],
    isOurs: () => true,
    look: () => LOOK,
    clipped: () => ["clipped"],
    secretsOf: (agentId) => [`KEY_OF_${agentId}`],
    ...overrides,
  };
}

const MAIN = container({ labels: { "openclaw.sessionKey": "agent:main:main" } });

it("shows every sandbox of this gateway, of every engine", async () => {
  const other = container({ name: "other-gateway" });
  const shared = container({ name: "shared", labels: { "openclaw.sessionKey": "shared" } });
  const collected = await collect(["podman", "docker"], collector({ podman: [MAIN, other], docker: [shared] }, { isOurs: (each) => each !== other }));
  expect(collected).toEqual({
    sandboxes: [
      { name: MAIN.name, engine: "podman", agentId: "main", running: true, mounts: LOOK.mounts, limits: LOOK.limits, attestation: VERDICT, clipped: ["clipped"], secrets: ["KEY_OF_main"] },
      { name: "shared", engine: "docker", agentId: undefined, running: true, mounts: LOOK.mounts, limits: LOOK.limits, attestation: VERDICT, clipped: ["clipped"], secrets: ["KEY_OF_undefined"] },
    ],
    findings: [],
    unseen: [],
  });
});

it("passes on what it found", async () => {
  const finding: Finding = { id: "x", severity: "critical", detail: "d", remedy: "r" };
  const { findings } = await collect(["podman"], collector({ podman: [MAIN, MAIN] }, { look: () => ({ ...LOOK, findings: [finding] }) }));
  expect(findings).toEqual([finding, finding]);
});

it("does not look into a stopped sandbox", async () => {
  const look = vi.fn(() => LOOK);
  const { sandboxes, unseen } = await collect(["podman"], collector({ podman: [container({ running: false, pid: 0 })] }, { look }));
  expect(sandboxes).toMatchObject([{ running: false, mounts: undefined, limits: [] }]);
  expect(unseen).toEqual([]);
  expect(look).not.toHaveBeenCalled();
});

describe("what cannot be looked at", () => {
  const failing = (reason: unknown): Collector => {
    const { sandboxes, ...rest } = collector({ docker: [MAIN] });
    return { ...rest, sandboxes: (engine) => (engine === "podman" ? Promise.reject(reason as Error) : sandboxes(engine)) };
  };

  it.each([
    [new Error("podman ps did not answer within 15 s."), "podman ps did not answer within 15 s."],
    ["a text", "a text"],
    [undefined, "undefined"],
  ])("is a finding and hides no other engine: %s", async (reason, detail) => {
    const collected = await collect(["podman", "docker"], failing(reason));
    expect(collected.unseen).toEqual([{ id: "engine.unseen", severity: "warn", detail, remedy: expect.stringContaining("podman ps") as string }]);
    expect(collected.sandboxes).toHaveLength(1);
  });

  it("is never a pass", async () => {
    for (const each of [failing(new Error("down")), collector({ podman: [MAIN] }, { look: () => ({ ...LOOK, mounts: undefined }) })]) {
      const { sandboxes, findings, unseen } = await collect(["podman", "docker"], each);
      expect(buildReport(sandboxes, findings, unseen).verdict).toBe("unknown");
    }
  });

  it("is named when it is the mounts", async () => {
    const { unseen } = await collect(["podman"], collector({ podman: [MAIN] }, { look: () => ({ ...LOOK, mounts: undefined }) }));
    expect(unseen).toMatchObject([{ id: "mounts.unseen", detail: `The mounts of ${MAIN.name} could not be read.` }]);
  });
});
