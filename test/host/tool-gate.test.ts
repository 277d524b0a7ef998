import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { auditCollector } from "../../src/host/security-audit.ts";
import { shareSurface, type Surface } from "../../src/host/shared.ts";
import { gateTools, isSandboxed } from "../../src/host/tool-gate.ts";
import { report } from "../fixtures/report.ts";

type Hook = (event: Record<string, unknown>, context: Record<string, unknown>) => unknown;

const CONFIG = { agents: { defaults: { sandbox: { mode: "all" } }, entries: { main: {}, free: { sandbox: { mode: "off" } }, Half: { sandbox: { mode: "non-main" } } } } };
const SESSION = "agent:main:main";

let hooks: Map<string, Hook>;
let unshare: () => void;
const switchedOff = vi.fn(() => false);
const surface = { refusal: vi.fn<Surface["refusal"]>(), hostCommand: vi.fn<Surface["hostCommand"]>(async () => undefined), status: vi.fn(async () => report({ findings: [{ id: "a.b", severity: "warn", detail: "d", remedy: "r" }] })) };

beforeEach(() => {
  hooks = new Map();
  gateTools({ on: (name: string, hook: Hook) => hooks.set(name, hook), runtime: { config: { current: () => CONFIG } } } as unknown as Parameters<typeof gateTools>[0], switchedOff);
  unshare = shareSurface(surface as unknown as Surface);
});
afterEach(() => {
  unshare();
  surface.refusal.mockReset();
  switchedOff.mockReset().mockReturnValue(false);
  surface.hostCommand.mockReset().mockResolvedValue(undefined);
});

const call = (toolName: string, params: Record<string, unknown> = {}, context: Record<string, unknown> = { agentId: "main", sessionKey: SESSION }): unknown => hooks.get("before_tool_call")!({ toolName, params }, context);
const runsOn = (host: string, sessionKey = SESSION): unknown => hooks.get("resolve_exec_env")!({ host, sessionKey, toolName: "exec" }, {});

describe("a tool that works in a sandbox", () => {
  it.each(["exec", "read", "write", "edit", "apply_patch"])("%s is refused without a verdict, with the reason", async (tool) => {
    expect(await call(tool)).toBeUndefined();
    surface.refusal.mockReturnValue("fortress: no.");
    expect(await call(tool)).toEqual({ block: true, blockReason: "fortress: no." });
    expect(surface.refusal).toHaveBeenLastCalledWith("main");
  });

  it("is none of fortress's business where it does not work in one, or nothing is known of it", async () => {
    surface.refusal.mockReturnValue("fortress: no.");
    expect([await call("web_search"), await call("process"), await call("exec", {}, { agentId: "free", sessionKey: "agent:free:main" }), await call("exec", {}, {})]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("is refused where no instance makes the sandboxes", async () => {
    unshare();
    expect(await call("exec")).toEqual({ block: true, blockReason: expect.stringContaining("does not make the sandboxes") as string });
    expect(await call("web_search")).toBeUndefined();
  });

  it("is its session's agent's where OpenClaw names none", async () => {
    surface.refusal.mockReturnValue("fortress: no.");
    expect(await call("exec", {}, { sessionKey: SESSION })).toEqual({ block: true, blockReason: "fortress: no." });
  });
});

describe("a session that was switched off its sandbox", () => {
  beforeEach(() => {
    switchedOff.mockReturnValue(true);
    surface.hostCommand.mockResolvedValue("fortress: on the host.");
  });

  it.each(["exec", "read", "write"])("runs no %s on the host", async (tool) => {
    expect(await call(tool)).toEqual({ block: true, blockReason: "fortress: on the host." });
    expect(switchedOff).toHaveBeenLastCalledWith("main", SESSION);
  });

  it("has other tools, and is none of fortress's business where its agent is not sandboxed", async () => {
    expect([await call("web_search"), await call("exec", {}, { agentId: "free", sessionKey: "agent:free:main" })]).toEqual([undefined, undefined]);
  });
});

describe("a command of a sandboxed session", () => {
  beforeEach(() => void surface.hostCommand.mockResolvedValue("fortress: on the host."));
  const blocked = { block: true, blockReason: "fortress: on the host." };

  it.each(["gateway", "node"])("that OpenClaw runs on %s is refused, and the next one in the sandbox is not", async (host) => {
    expect(runsOn(host)).toEqual({});
    expect(await call("exec")).toEqual(blocked);
    runsOn("sandbox");
    expect(await call("exec")).toBeUndefined();
    expect(surface.hostCommand).toHaveBeenCalledExactlyOnceWith("main");
  });

  it("is refused as often as OpenClaw runs one there, when code calls several at once", async () => {
    for (const host of ["gateway", "gateway"]) runsOn(host);
    expect([await call("exec"), await call("exec")]).toEqual([blocked, blocked]);
    runsOn("sandbox");
    expect(await call("exec")).toBeUndefined();
  });

  it("that asks for elevation is refused", async () => {
    runsOn("gateway");
    expect(await call("exec", { elevated: true })).toEqual(blocked);
    expect(await call("exec", { elevated: false })).toBeUndefined();
  });

  it("is another one than that of another session", async () => {
    runsOn("gateway", "agent:main:other");
    expect(await call("exec")).toBeUndefined();
  });

  it("still needs a verdict where it may run on the host", async () => {
    surface.hostCommand.mockResolvedValue(undefined);
    surface.refusal.mockReturnValue("fortress: no.");
    expect(await call("exec", { elevated: true })).toEqual({ block: true, blockReason: "fortress: no." });
  });
});

it.each<[string, string, boolean]>([
  ["main", "agent:main:main", true],
  ["free", "agent:free:x", false],
  ["half", "agent:half:main", false],
  ["half", "agent:half:telegram:1", true],
  ["unknown", "agent:unknown:main", false],
])("%s in %s is sandboxed: %s", (agent, session, expected) => {
  expect(isSandboxed(CONFIG, agent, session)).toBe(expected);
});

it.each<[Record<string, unknown>, string, boolean]>([
  [{ mainKey: "Home " }, "agent:half:home", false],
  [{ mainKey: "home" }, "agent:half:main", true],
  [{ scope: "global" }, "global", false],
  [{ scope: "global" }, "agent:half:main", true],
])("with session %j the session %s of an agent whose main one is free is sandboxed: %s", (session, key, expected) => {
  expect(isSandboxed({ ...CONFIG, session }, "Half", key)).toBe(expected);
});

it("the findings are there for an audit that asks", async () => {
  const audit = (): unknown => auditCollector({} as Parameters<typeof auditCollector>[0]);
  expect(await audit()).toEqual([{ checkId: "fortress.a.b", severity: "warn", title: "fortress: a.b", detail: "d", remediation: "r" }]);
  unshare();
  expect(await audit()).toEqual([]);
});
