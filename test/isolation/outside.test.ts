import { describe, expect, it } from "vitest";
import { CATALOG } from "../../src/isolation/catalog.ts";
import type { Outside } from "../../src/isolation/facts.ts";
import { lookOutside } from "../../src/isolation/runner.ts";
import type { CheckResult } from "../../src/model/check.ts";
import { container } from "../fixtures/container.ts";
import { type KernelFiles, kernelMount } from "../fixtures/kernel.ts";
import { outsideFacts } from "../fixtures/isolation.ts";
import { FAKED_OUTSIDE } from "../support/counterparts.ts";

const OUTSIDE = CATALOG.filter(({ where }) => where === "outside");

function look(id: string, facts = outsideFacts()): CheckResult {
  const [result] = lookOutside(OUTSIDE.filter((check) => check.id === id), facts);
  return result!;
}

it("finds a closed sandbox closed; what nothing on this side closes is noted", () => {
  const open = lookOutside(OUTSIDE, outsideFacts()).filter(({ state }) => state !== "pass");
  expect(open.map(({ id, state, severity }) => [id, state, severity])).toEqual([
    ["filesystem.no-host-paths", "fail", "info"],
    ["privilege.mac-profile", "fail", "info"],
  ]);
});

it.each(Object.entries(FAKED_OUTSIDE))("%s fails where it must", (id, { facts, files }) => {
  expect(look(id, outsideFacts(facts, files))).toMatchObject({ state: "fail" });
});

it("knows nothing where the kernel says nothing, and says so", () => {
  const blind = outsideFacts({
    ...{ read: () => undefined, link: () => undefined, mounts: undefined, judged: undefined, oci: undefined },
    posture: { uid: undefined, seccomp: undefined, noNewPrivs: undefined, capabilities: undefined, core: undefined, openFiles: undefined, interfaces: undefined, tmpfs: undefined },
    limits: { ...outsideFacts().limits, observed: { memory: undefined, memorySwap: undefined, cpus: undefined, pids: undefined }, holds: () => false },
    container: container({ id: "c".repeat(64) }),
    runtime: { version: undefined, against: undefined },
  });
  // What fortress and OpenClaw themselves know does not come from the kernel. Without a label the sandbox is not confined.
  const told = ["config.as-planned", "privilege.mac-profile", "privilege.seccomp-current", "secrets.no-env", "secrets.store-safe"];
  expect(lookOutside(OUTSIDE, blind).filter(({ state }) => state !== "unknown").map(({ id }) => id).sort()).toEqual(told.sort());
});

it.each<[string, KernelFiles, Partial<Outside>?]>([
  ["network.no-route", { "/proc/4711/net/route": "" }],
  ["network.no-host-sockets", { "/proc/4711/net/unix": "" }],
  ["privilege.user-namespace", { "/proc/4711/uid_map": "" }],
  ["privilege.device-rules", { "/proc/4711/uid_map": "", "/proc/4711/cgroup": "" }, { oci: undefined }],
  ["privilege.not-host-root", { "/proc/4711/status": "Uid:\t\n" }],
  ["privilege.not-root-group", { "/proc/4711/status": "Gid:\t\nGroups:\t\n" }],
  ["resource.oom-victim", { "/proc/4711/oom_score_adj": "" }],
  ["privilege.proc-masked", {}, { exists: () => false }],
  ["privilege.proc-sys-read-only", {}, { exists: () => false }],
])("knows nothing of %s where the answer is empty", (id, files, facts) => {
  expect(look(id, outsideFacts(facts, files))).toMatchObject({ state: "unknown" });
});

describe("what only the engine says", () => {
  const without = container({ id: "c".repeat(64) });

  it.each<[string, string, Parameters<typeof outsideFacts>[0], string]>([
    ["of the runtime: a version without known ways out", "privilege.runtime-current", {}, "pass"],
    ["of the runtime: one with such", "privilege.runtime-current", { runtime: { version: "runc version 1.1.0", against: "old" } }, "fail"],
    ["of the runtime: nothing", "privilege.runtime-current", { runtime: { version: undefined, against: undefined } }, "unknown"],
    ["of its store: where it lies", "secrets.not-on-disk", {}, "pass"],
    ["of its store: nothing, by Podman", "secrets.not-on-disk", { container: without }, "unknown"],
    ["of its store: nothing, by Docker, which has none", "secrets.not-on-disk", { container: without, engine: "docker" }, "not-applicable"],
    ["of the log: that it is bounded", "resource.log-bounded", {}, "pass"],
    ["of the log: nothing", "resource.log-bounded", { container: without }, "unknown"],
  ])("%s", (_, id, facts, state) => expect(look(id, outsideFacts(facts)).state).toBe(state));
});

it("knows nothing of a sandbox whose processes are not seen from here", () => {
  expect(new Set(lookOutside(OUTSIDE, undefined).map(({ state }) => state))).toEqual(new Set(["unknown"]));
});

it("takes an error for unknown", () => {
  const broken = outsideFacts({
    hostNames: () => {
      throw new Error("broken");
    },
  });
  expect(look("filesystem.no-host-directories", broken)).toMatchObject({ state: "unknown", evidence: "it could not be looked at: broken" });
});

describe("a read-only mount below a writable one", () => {
  const at = (target: string) => outsideFacts({ mounts: [kernelMount("/", "ro", "/", { fsType: "overlay" }), kernelMount("/workspace", "rw"), kernelMount(target, "ro")] });

  it.each([
    ["/workspace/skills", "pass"],
    ["/workspace/a/skills", "fail"],
    ["/other/a/skills", "pass"],
  ])("%s: %s", (target, state) => expect(look("filesystem.no-renamed-parents", at(target)).state).toBe(state));
});

describe("limits that a rootless engine cannot enforce", () => {
  const { limits } = outsideFacts();
  const unlimited = { ...limits, observed: { ...limits.observed, memory: Infinity }, holds: () => false };

  it("are a failure, and weigh less where the operator lets sandboxes run without", () => {
    expect(look("resource.memory", outsideFacts({ limits: unlimited }))).toMatchObject({ state: "fail", severity: "critical" });
    expect(look("resource.memory", outsideFacts({ limits: { ...unlimited, tolerated: true } }))).toMatchObject({ state: "fail", severity: "warn" });
  });
});

describe("a network", () => {
  const interfaces = { ...outsideFacts().posture, interfaces: ["eth0"] };
  const asked = (network: string | undefined) => outsideFacts({ posture: interfaces, network, container: { ...outsideFacts().container, network: "bridge" } });

  it.each([
    ["none", "critical"],
    ["host", "critical"],
    ["container:abc", "critical"],
    ["bridge", "info"],
    ["proxy-only", "info"],
    [undefined, "critical"],
  ])("where the configuration asks for %s is %s", (network, severity) => expect(look("network.interfaces", asked(network))).toMatchObject({ state: "fail", severity }));
});

it("reads the rules for devices from the runtime's instructions where the kernel keeps them in a program", () => {
  const files = { "/proc/4711/cgroup": "0::/c\n" };
  const rules = (deviceRules: { allow: boolean; type: string; major: number | undefined; minor: undefined }[]) => outsideFacts({ oci: { seccomp: undefined, devices: [], deviceRules } }, files);
  expect(look("privilege.device-rules", rules([{ allow: false, type: "a", major: undefined, minor: undefined }])).state).toBe("pass");
  expect(look("privilege.device-rules", rules([{ allow: true, type: "a", major: undefined, minor: undefined }])).state).toBe("fail");
  expect(look("privilege.device-rules", outsideFacts({ oci: undefined }, files)).state).toBe("unknown");
});

describe("the configuration that a container is made from", () => {
  it.each([
    [undefined, "h", "not-applicable"],
    ["h", undefined, "unknown"],
    ["h", "h", "pass"],
    ["h", "other", "fail"],
  ])("planned %s, labelled %s: %s", (planned, actual, state) => expect(look("config.as-planned", outsideFacts({ configHash: { planned, actual } })).state).toBe(state));
});

describe("of the host's devices", () => {
  it.each([
    ["/null", "pass"],
    ["/urandom", "pass"],
    ["/", "fail"],
    ["/sda", "fail"],
  ])("%s: %s", (root, state) => expect(look("privilege.no-devtmpfs", outsideFacts({ mounts: [kernelMount("/proc/kcore", "ro", root, { fsType: "devtmpfs" })] })).state).toBe(state));
});
