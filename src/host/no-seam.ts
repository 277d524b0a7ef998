import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describeError, FortressError } from "../model/errors.ts";
import { buildReport } from "../report/build.ts";
import { sandboxModes } from "./host-config.ts";
import type { Surface } from "./shared.ts";

/** Tools that run in the sandbox where there is one. */
export const SANDBOX_TOOLS: ReadonlySet<string> = new Set(["exec", "process", "read", "write", "edit", "apply_patch", "ls", "grep", "find"]);

export function seamMissing(): FortressError {
  return new FortressError(
    "host-seam-missing",
    "this OpenClaw has no sandbox backends that a plugin can stand before, so no sandbox can be hardened.",
    "Run OpenClaw 2026.9.6 or newer, or disable the plugin to run unhardened.",
  );
}

/** What `/fortress` can do then: say it. */
export const seamMissingSurface: Surface = {
  async status() {
    const { message, remedy } = seamMissing();
    return buildReport([], [{ id: "host.seam-missing", severity: "critical", detail: message, remedy }], []);
  },
  verify: () => Promise.reject(seamMissing()),
  log: () => Promise.reject(seamMissing()),
  lockdown: () => Promise.reject(seamMissing()),
  thaw: () => Promise.reject(seamMissing()),
  refusal: () => describeError(seamMissing()),
  hostCommand: async () => describeError(seamMissing()),
  backup: () => Promise.reject(seamMissing()),
  backups: () => Promise.reject(seamMissing()),
};

/** Where no sandbox can be hardened, the tools of sandboxed agents are refused instead. */
export function refuseWithoutSeam(api: OpenClawPluginApi, describe: string): void {
  api.on("before_tool_call", (event, context) => {
    if (!SANDBOX_TOOLS.has(event.toolName)) return undefined;
    const agent = sandboxModes(api.config).find(({ agentId }) => agentId === (context.agentId ?? "main"));
    return agent && agent.mode === "off" ? undefined : { block: true, blockReason: describe };
  });
}
