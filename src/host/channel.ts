import type { Notice } from "../model/notice.ts";
import type { ChannelTarget } from "./notify-edges.ts";

const DEADLINE_MS = "20000";
const MOST_TEXT = 200;

/** Sends a message by one of OpenClaw's channels, through the gateway's own method: it knows accounts, formats and allow-lists. */
export async function sendByChannel({ channel, to, accountId }: ChannelTarget, { id, text }: Notice): Promise<void> {
  // Loaded when it is called: not every process of the plugin has the gateway's client.
  const { callGatewayFromCli } = await import("openclaw/plugin-sdk/gateway-runtime");
  const params = { channel, to, message: text, ...(accountId === undefined ? {} : { accountId }), idempotencyKey: id };
  try {
    await callGatewayFromCli("send", { timeout: DEADLINE_MS, json: true }, params, { scopes: ["operator.write"], progress: false });
  } catch (cause) {
    // Of several lines the others quote the request.
    throw new Error(`OpenClaw could not send it: ${(cause instanceof Error ? cause.message : String(cause)).split("\n", 1)[0]!.slice(0, MOST_TEXT)}`, { cause });
  }
}
