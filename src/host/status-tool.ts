import { Type } from "@sinclair/typebox";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { renderChat } from "../report/chat.ts";
import { toJson } from "../report/json.ts";
import { ownView } from "../report/own-view.ts";
import { ReportSchema } from "../report/schema.ts";
import { NOT_RUNNING, sharedSurface } from "./shared.ts";
import { STATUS_TOOL } from "./tool-policy.ts";

type Factory = Extract<Parameters<OpenClawPluginApi["registerTool"]>[0], (context: never) => unknown>;

/** `fortress_status`, for models: reads, changes nothing, and shows an agent only its own sandboxes. */
export const statusTool: Factory = ({ agentId }) => ({
  name: STATUS_TOOL,
  label: "Fortress status",
  description: "Reads how this agent's sandbox is isolated: one verdict, findings with remedies, mounts, limits and posture as kernel and engine have them, names (never values) of secrets, and when the last backup was made. Takes no arguments and changes nothing.",
  parameters: Type.Object({}, { additionalProperties: true }),
  outputSchema: ReportSchema,
  async execute() {
    const surface = sharedSurface();
    if (!surface) throw new Error(NOT_RUNNING);
    const report = ownView(await surface.status(), agentId);
    return { content: [{ type: "text", text: renderChat(report) }], details: toJson(report) };
  },
});
