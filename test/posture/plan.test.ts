import { describe, expect, it } from "vitest";
import { planPosture } from "../../src/posture/plan.ts";
import { errorOf } from "../fixtures/errors.ts";
import { type FactOverrides, postureFacts } from "../fixtures/posture.ts";

const plan = (overrides: FactOverrides = {}) => planPosture(postureFacts(overrides));
const request = (overrides: FactOverrides["request"]) => plan({ request: overrides! });

describe("a posture plan", () => {
  it("is the same for the same facts, value for value", () => {
    expect(JSON.stringify(plan())).toBe(JSON.stringify(plan()));
  });

  it("of OpenClaw's defaults has no finding", () => {
    expect(plan().findings).toEqual([]);
  });

  it.each([
    ["readOnlyRoot", { readOnlyRoot: false }, "agents.*.sandbox.docker.readOnlyRoot: false"],
    ["capDrop", { capDrop: ["NET_RAW"] }, 'capDrop: ["NET_RAW"]'],
    ["no capDrop", { capDrop: [] }, "capDrop: []"],
    ["network host", { network: "host" }, 'network: "host"'],
    ["network ns", { network: "ns:/proc/1/ns/net" }, 'network: "ns:/proc/1/ns/net"'],
    ["network pod", { network: "pod:x" }, 'network: "pod:x"'],
    ["network container", { network: "container:x" }, 'network: "container:x"'],
    ["network slirp4netns", { network: "slirp4netns:allow_host_loopback=true" }, "allow_host_loopback"],
    ["network pasta", { network: "pasta:-T,auto" }, "pasta:-T"],
    ["network options", { network: "bridge:ip=1.2.3.4" }, "bridge:ip"],
    ["an unnamed network", { network: "lan" }, 'network: "lan"'],
  ])("refuses %s, naming key and value, with a remedy", (_, overrides, named) => {
    const error = errorOf(() => request(overrides));
    expect(error.code).toBe("posture-refused");
    expect(error.message).toContain(named);
    expect(error.remedy).not.toBe("");
  });

  it("names every refusal at once", () => {
    const { message } = errorOf(() => request({ readOnlyRoot: false, network: "host" }));
    expect(message).toMatch(/readOnlyRoot.*; .*network/);
  });

  it.each([
    ["bridge", {}],
    ["lan", { config: { network: { allow: ["lan"] } } }],
  ])("lets a sandbox join %s where it is allowed", (network, overrides) => {
    expect(plan({ ...overrides, request: { network } }).findings).toEqual([]);
  });

  it.each([undefined, "", " none "])("takes the network %j for none", (network) => {
    expect(request({ network }).findings).toEqual([]);
  });

  it("tells the remedy that can be had: a name may be allowed, a mode never", () => {
    expect(errorOf(() => request({ network: "lan" })).remedy).toContain('add "lan"');
    for (const network of ["host", "ns:/x", "pasta", "slirp4netns", "private"]) expect(errorOf(() => request({ network })).remedy).not.toContain("add");
  });

  it.each([
    ["gpus", { gpus: "all" }, "posture.gpus"],
    ["a dangerous switch", { switches: ["dangerouslyAllowContainerNamespaceJoin"] }, "posture.dangerous-switch"],
  ])("makes %s a finding", (_, overrides, id) => {
    const { findings } = request(overrides);
    expect(findings).toMatchObject([{ id, severity: "warn" }]);
  });

  it("gives HOME and TMPDIR outside the workspace, unless the operator says otherwise", () => {
    expect(plan().env).toEqual({ HOME: "/home/agent", TMPDIR: "/home/agent" });
    expect(request({ env: { HOME: "/opt/home", A: "1" } }).env).toEqual({ HOME: "/opt/home", TMPDIR: "/home/agent", A: "1" });
  });

  it("allows no core dump, whatever the operator says, and says that", () => {
    expect(plan().ulimits.core).toEqual({ soft: 0, hard: 0 });
    const loose = request({ ulimits: { core: -1, nproc: 9 } });
    expect(loose.ulimits).toMatchObject({ core: { soft: 0, hard: 0 }, nproc: 9 });
    expect(loose.findings).toMatchObject([{ id: "posture.core-replaced", severity: "info" }]);
    expect(request({ ulimits: { core: { soft: 0, hard: 0 } } }).findings).toEqual([]);
  });

  it.each([
    [Infinity, 16_384],
    [4_096, 4_096],
  ])("limits open files to what the gateway may have: %d", (openFiles, limit) => {
    expect(plan({ openFiles }).ulimits.nofile).toEqual({ soft: limit, hard: limit });
  });

  it("keeps the operator's own number of open files", () => {
    expect(request({ ulimits: { nofile: 100 } }).ulimits.nofile).toBe(100);
  });
});
