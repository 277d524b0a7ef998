import { randomUUID } from "node:crypto";
import type { RpcConnection } from "./rpc.ts";

export interface TurnOptions {
  readonly agent?: string;
  readonly sessionKey?: string;
  readonly timeoutMs?: number;
}

/** The agent's final answer, or the reason why there is none. */
export interface Turn {
  readonly text: string;
  readonly isError: boolean;
}

interface AgentResult {
  readonly status?: string;
  readonly summary?: string;
  readonly error?: string;
  readonly result?: { readonly payloads?: readonly { readonly text?: string; readonly isError?: boolean }[] };
}

const TURN_TIMEOUT_MS = 240_000;
/** OpenClaw's word where it could not close an agent's database; it says so to every agent until it is started anew. */
const UNSETTLED_DATABASE = "Agent database cleanup failed";

/** Whether OpenClaw gave up by a fault of its own; where the model was not asked, nothing began. */
export function gaveUp({ text, isError }: Turn): boolean {
  return isError && text.includes(UNSETTLED_DATABASE);
}

/** Runs one full agent turn and waits for its final answer. */
export async function runTurn(rpc: RpcConnection, message: string, options: TurnOptions): Promise<Turn> {
  const agent = options.agent ?? "main";
  const timeoutMs = options.timeoutMs ?? TURN_TIMEOUT_MS;
  const params = {
    message,
    agentId: agent,
    sessionKey: options.sessionKey ?? `agent:${agent}:main`,
    timeout: Math.ceil(timeoutMs / 1000),
    deliver: false,
    idempotencyKey: randomUUID(),
  };
  try {
    const done = await rpc.request<AgentResult>("agent", params, { expectFinal: true, timeoutMs });
    const payloads = done.result?.payloads ?? [];
    const text = payloads.map((payload) => payload.text ?? "").join("\n");
    if (done.status !== "ok") return { text: text || (done.error ?? done.summary ?? String(done.status)), isError: true };
    return { text, isError: payloads.some((payload) => payload.isError === true) };
  } catch (error) {
    return { text: (error as Error).message, isError: true };
  }
}

/** Sends a chat message, which is how slash commands arrive, and returns the reply. */
export async function sendChat(rpc: RpcConnection, message: string, options: TurnOptions): Promise<string> {
  const runId = randomUUID();
  const timeoutMs = options.timeoutMs ?? TURN_TIMEOUT_MS;
  const ended = rpc.chatEnd(runId, timeoutMs);
  const sent = rpc.request("chat.send", {
    sessionKey: options.sessionKey ?? `agent:${options.agent ?? "main"}:main`,
    message,
    idempotencyKey: runId,
  });
  const [, event] = await Promise.all([sent, ended]);
  if (event.state !== "final") throw new Error(event.errorMessage ?? `The chat run was ${event.state}`);
  const content = event.message?.content ?? "";
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
}
