import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { sandboxModes } from "./host-config.ts";
import { SANDBOX_TOOLS } from "./no-seam.ts";
import { sharedSurface } from "./shared.ts";

type Config = Parameters<typeof sandboxModes>[0];

/** True for a session whose commands belong into a sandbox, by OpenClaw's configuration. */
export function isSandboxed(config: Config, agentId: string, sessionKey: string | undefined): boolean {
  const mode = sandboxModes(config).find((agent) => agent.agentId.toLowerCase() === agentId.toLowerCase())?.mode;
  return mode === "all" || (mode === "non-main" && sessionKey !== undefined && sessionKey !== `agent:${agentId}:main`);
}

/**
 * Stands before every tool that works in a sandbox: none runs without a verdict that holds, by what
 * was seen last, and no command of a sandboxed session runs on the host.
 */
export function gateTools(api: OpenClawPluginApi): void {
  /** Sessions whose next command OpenClaw is about to run outside of a sandbox. */
  const outside = new Set<string>();
  // OpenClaw says where a command runs before it asks whether it may.
  api.on("resolve_exec_env", ({ host, sessionKey }) => {
    if (sessionKey !== undefined && host !== "sandbox") outside.add(sessionKey);
    return {};
  });
  api.on("before_tool_call", async ({ toolName, params }, { agentId, sessionKey }) => {
    const surface = sharedSurface();
    // What runs already can be looked at and ended.
    if (!surface || agentId === undefined || toolName === "process" || !SANDBOX_TOOLS.has(toolName) || !isSandboxed(api.runtime.config.current(), agentId, sessionKey)) return undefined;
    const escapes = toolName === "exec" && (params.elevated === true || outside.delete(sessionKey ?? ""));
    const blockReason = (escapes ? await surface.hostCommand(agentId) : undefined) ?? surface.refusal(agentId);
    return blockReason === undefined ? undefined : { block: true, blockReason };
  });
}
