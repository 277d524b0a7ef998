import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describe, expect, it } from "vitest";
import { refuseWithoutSeam, seamMissing, seamMissingSurface } from "../../src/host/no-seam.ts";
import { toJson } from "../../src/report/json.ts";
import { expectSchema } from "../fixtures/report.ts";

const REASON = "not hardened";

/** What the hook says to a tool call. */
function callTool(agents: unknown, toolName: string, agentId?: string): unknown {
  let hook: ((event: { toolName: string }, context: { agentId?: string | undefined }) => unknown) | undefined;
  const api = {
    config: { agents },
    on(name: string, handler: typeof hook) {
      expect(name).toBe("before_tool_call");
      hook = handler;
    },
  };
  refuseWithoutSeam(api as unknown as OpenClawPluginApi, REASON);
  return hook!({ toolName }, { agentId });
}

const BLOCKED = { block: true, blockReason: REASON };
const SANDBOXED = { defaults: { sandbox: { mode: "all" } } };

describe("the tools that run in a sandbox", () => {
  it.each(["exec", "process", "read", "write", "edit", "apply_patch", "ls", "grep", "find"])("%s is blocked for a sandboxed agent", (tool) => {
    expect(callTool(SANDBOXED, tool, "main")).toEqual(BLOCKED);
    expect(callTool(SANDBOXED, tool)).toEqual(BLOCKED);
  });

  it.each([
    ["non-main counts as sandboxed", { defaults: { sandbox: { mode: "non-main" } } }, "main"],
    ["the agent's own setting counts", { defaults: { sandbox: { mode: "off" } }, entries: { ops: { sandbox: { mode: "all" } }, main: {} } }, "ops"],
    ["an agent that nobody configured counts as sandboxed", { entries: { ops: { sandbox: { mode: "off" } } } }, "unheard-of"],
  ])("%s", (_, agents, agent) => {
    expect(callTool(agents, "exec", agent)).toEqual(BLOCKED);
  });

  it.each([
    ["without any configuration", undefined, "main"],
    ["by default", { defaults: {} }, undefined],
    ["by its own setting", { defaults: { sandbox: { mode: "all" } }, entries: { ops: { sandbox: { mode: "off" } } } }, "ops"],
  ])("run where sandboxing is off %s", (_, agents, agent) => {
    expect(callTool(agents, "exec", agent)).toBeUndefined();
  });
});

it.each(["message", "web_search", "fortress", "session_status", ""])("%j is none of them", (tool) => {
  expect(callTool(SANDBOXED, tool, "main")).toBeUndefined();
});

it("is a finding by its schema, which makes the verdict EXPOSED", async () => {
  const status = await seamMissingSurface.status();
  expectSchema(toJson(status));
  expect(status).toMatchObject({ verdict: "exposed", findings: [{ id: "host.seam-missing", severity: "critical" }] });
});

it("says what to do", () => {
  expect(seamMissing()).toMatchObject({ code: "host-seam-missing", remedy: expect.stringContaining("2026.9.6") as string });
});
