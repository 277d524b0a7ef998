import { GatewayClient } from "openclaw/plugin-sdk/gateway-runtime";

export const ALL_SCOPES = ["operator.admin", "operator.read", "operator.write", "operator.approvals"] as const;
export type Scope = (typeof ALL_SCOPES)[number];

/** The part of a `chat` event that a waiting caller needs. */
export interface ChatEvent {
  readonly runId?: string;
  readonly state?: string;
  readonly message?: { readonly content?: string | readonly { readonly type: string; readonly text?: string }[] };
  readonly errorMessage?: string;
}

export interface RpcConnection {
  request<T = Record<string, unknown>>(method: string, params?: unknown, options?: { timeoutMs?: number; expectFinal?: boolean }): Promise<T>;
  /** The event that ends the run. Ask before the run is started, or a quick answer is missed. */
  chatEnd(runId: string, timeoutMs: number): Promise<ChatEvent>;
  /** Everything that the gateway pushed over this connection so far, as JSON. */
  events(): readonly string[];
  close(): Promise<void>;
}

const END_STATES = ["final", "aborted", "error"];
const CONNECT_TIMEOUT_MS = 120_000;

/** One authenticated WebSocket to one gateway, independent of the config of the calling process. */
export async function connectRpc(target: { url: string; token: string; scopes: readonly Scope[] }): Promise<RpcConnection> {
  const waiting = new Map<string, (event: ChatEvent) => void>();
  const events: string[] = [];
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const client = new GatewayClient({
    url: target.url,
    token: target.token,
    scopes: [...target.scopes],
    role: "operator",
    // Only this pair may connect on loopback without a paired device and keep its scopes.
    clientName: "gateway-client",
    mode: "backend",
    deviceIdentity: null,
    // Live output of tools, as the Control UI gets it.
    caps: ["tool-events"],
    // The caller's own ~/.openclaw must stay untouched.
    sharedStateMode: "read-only",
    onHelloOk: () => resolve(),
    onReconnectPaused: ({ reason }) => reject(new Error(`The gateway refused the connection: ${reason}`)),
    onEvent: ({ event, payload }) => {
      events.push(JSON.stringify({ event, payload }));
      const chat = payload as ChatEvent;
      if (event === "chat" && END_STATES.includes(chat.state ?? "")) waiting.get(chat.runId ?? "")?.(chat);
    },
  });
  const deadline = setTimeout(() => reject(new Error(`No answer from ${target.url} within ${CONNECT_TIMEOUT_MS} ms`)), CONNECT_TIMEOUT_MS);
  client.start();
  try {
    await ready;
  } catch (error) {
    await client.stopAndWait();
    throw error;
  } finally {
    clearTimeout(deadline);
  }
  return {
    request: (method, params, options) => client.request(method, params, options),
    chatEnd: (runId, timeoutMs) => waitForEnd(waiting, runId, timeoutMs),
    events: () => events,
    close: () => client.stopAndWait(),
  };
}

async function waitForEnd(waiting: Map<string, (event: ChatEvent) => void>, runId: string, timeoutMs: number): Promise<ChatEvent> {
  const { promise, resolve, reject } = Promise.withResolvers<ChatEvent>();
  const deadline = setTimeout(() => reject(new Error(`Chat run ${runId} did not end within ${timeoutMs} ms`)), timeoutMs).unref();
  waiting.set(runId, resolve);
  try {
    return await promise;
  } finally {
    clearTimeout(deadline);
    waiting.delete(runId);
  }
}
