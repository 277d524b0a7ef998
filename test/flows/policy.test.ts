import { expect, it } from "vitest";
import type { Core } from "../../src/flows/core.ts";
import { createPolicyHash } from "../../src/flows/policy.ts";

/** What is planned and configured for one sandbox. */
const POLICY = {
  config: { limits: { memory: 1, onFailure: "refuse" }, mounts: { profile: "standard" }, posture: { seccomp: "hardened" }, notify: { command: "x" } },
  plan: { request: { workdir: "/workspace", storage: ["/var"] }, mounts: { binds: ["/a:/a:ro", "/b:/b:rw"] }, limits: { limits: { memory: 1, cpus: 2 } } },
  posture: { user: "65532", tmpfs: ["/tmp:size=1"], ulimits: { core: 0 }, network: "none", seccomp: { path: "/f", text: "{}" }, env: { HOME: "/home/agent" } },
};

function hashOf({ config, plan, posture }: { config: object; plan: object | undefined; posture: object | undefined }): string {
  const core = { planned: new Map(plan ? [["box", plan]] : []), resolve: () => ({ config }) } as unknown as Core;
  return createPolicyHash(core, { planned: () => posture as never })("box");
}

const BEFORE = hashOf(POLICY);

it("is a SHA-256 that is the same for the same policy, in whatever order it is written", () => {
  const { limits, ...config } = POLICY.config;
  expect(BEFORE).toMatch(/^[0-9a-f]{64}$/);
  expect(hashOf(structuredClone({ ...POLICY, config: { ...config, limits: { onFailure: "refuse", memory: 1 } } }))).toBe(BEFORE);
});

it.each<[string, Partial<Parameters<typeof hashOf>[0]>]>([
  ["a configured limit", { config: { ...POLICY.config, limits: { memory: 2, onFailure: "refuse" } } }],
  ["how mounts are configured", { config: { ...POLICY.config, mounts: { profile: "minimal" } } }],
  ["how the posture is configured", { config: { ...POLICY.config, posture: { seccomp: "engine" } } }],
  ["the binds", { plan: { ...POLICY.plan, mounts: { binds: ["/a:/a:rw", "/b:/b:rw"] } } }],
  ["the limits", { plan: { ...POLICY.plan, limits: { limits: { memory: 1, cpus: 3 } } } }],
  ["that nothing is planned", { plan: undefined }],
  ["the filter", { posture: { ...POLICY.posture, seccomp: { path: "/f", text: "{ }" } } }],
  ["the network", { posture: { ...POLICY.posture, network: "bridge" } }],
  ["that no posture is planned", { posture: undefined }],
])("is another one with %s", (_, change) => expect(hashOf({ ...POLICY, ...change })).not.toBe(BEFORE));

it("follows a plan that takes the place of another, and goes back with it", () => {
  const planned = new Map<string, unknown>([["box", POLICY.plan]]);
  const core = { planned, resolve: () => POLICY } as unknown as Core;
  const hash = createPolicyHash(core, { planned: () => POLICY.posture as never });
  const now = (): string => hash("box");
  expect([now(), now()]).toEqual([BEFORE, BEFORE]);
  planned.set("box", { ...POLICY.plan, mounts: { binds: [] } });
  expect(now()).not.toBe(BEFORE);
  planned.set("box", structuredClone(POLICY.plan));
  expect(now()).toBe(BEFORE);
});

it("is the same whatever else is configured", () => {
  expect(hashOf({ ...POLICY, config: { ...POLICY.config, notify: { command: "y" } } })).toBe(BEFORE);
});
