import type { OpenClawPluginCommandDefinition } from "openclaw/plugin-sdk/plugin-entry";
import { renderChat } from "../report/chat.ts";
import { sharedSurface } from "./shared.ts";

const USAGE = "Usage: /fortress status. Shows what the engine and the kernel say of every sandbox: mounts, limits, names of secrets, and one verdict.";

const NOT_RUNNING = "fortress: UNKNOWN: it does not make the sandboxes of this gateway. Enable the plugin and restart the gateway.";

/** `/fortress [status]`, for authorised senders. */
export function chatCommand(): OpenClawPluginCommandDefinition {
  return {
    name: "fortress",
    description: "Sandbox isolation: status",
    acceptsArgs: true,
    requireAuth: true,
    async handler({ args }) {
      const verb = args?.trim() || "status";
      if (verb !== "status") return { text: USAGE };
      const surface = sharedSurface();
      return { text: surface ? renderChat(await surface.status()) : NOT_RUNNING };
    },
  };
}
