import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { agentOf } from "../model/sandbox.ts";
import { sandboxModes } from "./host-config.ts";
import { SANDBOX_TOOLS } from "./no-seam.ts";
import { NOT_RUNNING, sharedSurface } from "./shared.ts";

type Config = Parameters<typeof sandboxModes>[0];

/** True for a session whose commands belong into a sandbox, by OpenClaw's configuration. */
export function isSandboxed(config: Config, agentId: string, sessionKey: string | undefined): boolean {
  const mode = sandboxModes(config).find((agent) => agent.agentId.toLowerCase() === agentId.toLowerCase())?.mode;
  return mode === "all" || (mode === "non-main" && sessionKey !== undefined && !isMain(config, agentId, sessionKey));
}

/** Source: OpenClaw's `config/sessions/main-session`. */
function isMain({ session }: Config, agentId: string, sessionKey: string): boolean {
  const { mainKey, scope } = (session ?? {}) as { mainKey?: unknown; scope?: unknown };
  const name = (typeof mainKey === "string" && mainKey.trim().toLowerCase()) || "main";
  return sessionKey === (scope === "global" ? "global" : `agent:${agentId.toLowerCase()}:${name}`);
}

/**
 * Stands before every tool that works in a sandbox: none runs without a verdict that holds, by what
 * was seen last, and no command of a sandboxed session runs on the host.
 *
 * @param isSwitchedOff of a session: OpenClaw was told to do all of it on the host
 */
export function gateTools(api: OpenClawPluginApi, isSwitchedOff: (agentId: string, sessionKey: string) => boolean): void {
  /** How many commands of a session OpenClaw is about to run outside of a sandbox: code may call several at once. */
  const onHost = new Map<string, number>();
  const take = (sessionKey = ""): boolean => {
    const count = onHost.get(sessionKey) ?? 0;
    if (count > 1) onHost.set(sessionKey, count - 1);
    else onHost.delete(sessionKey);
    return count > 0;
  };
  // OpenClaw says where a command runs before it asks whether it may.
  api.on("resolve_exec_env", ({ host, sessionKey = "" }) => {
    if (host !== "sandbox") onHost.set(sessionKey, (onHost.get(sessionKey) ?? 0) + 1);
    return {};
  });
  api.on("before_tool_call", async ({ toolName, params }, { agentId: named, sessionKey }) => {
    const agentId = named ?? agentOf(sessionKey);
    const escapes = toolName === "exec" && (take(sessionKey) || params.elevated === true);
    // What runs already can be looked at and ended.
    if (agentId === undefined || toolName === "process" || !SANDBOX_TOOLS.has(toolName) || !isSandboxed(api.runtime.config.current(), agentId, sessionKey)) return undefined;
    const surface = sharedSurface();
    if (!surface) return { block: true, blockReason: NOT_RUNNING };
    const outside = escapes || (sessionKey !== undefined && isSwitchedOff(agentId, sessionKey));
    const blockReason = (outside ? await surface.hostCommand(agentId) : undefined) ?? surface.refusal(agentId);
    return blockReason === undefined ? undefined : { block: true, blockReason };
  });
}
