import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { reply } from "./model-script.ts";
import type { ChatRequest, Reply } from "./model-script.ts";

export const MODEL_ID = "scripted";

/** An OpenAI-compatible model on loopback whose answers are written in the question. */
export interface ScriptedModel extends AsyncDisposable {
  /** Base URL for `models.providers.<id>.baseUrl`. */
  readonly url: string;
  /** Every chat request the model received, oldest first. */
  readonly requests: readonly ChatRequest[];
  close(): Promise<void>;
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  const requests: ChatRequest[] = [];
  const server = createServer((request, response) => {
    answer(request, response, requests).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: String(error) } }));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () => closeServer(server);
  return { url: `http://127.0.0.1:${port}/v1`, requests, close, [Symbol.asyncDispose]: close };
}

async function answer(request: IncomingMessage, response: ServerResponse, requests: ChatRequest[]): Promise<void> {
  const path = new URL(request.url ?? "/", "http://model").pathname;
  if (request.method === "GET" && path.endsWith("/models")) {
    sendJson(response, { object: "list", data: [{ id: MODEL_ID, object: "model" }] });
    return;
  }
  if (request.method !== "POST" || !path.endsWith("/chat/completions")) {
    response.writeHead(404).end();
    return;
  }
  const body = JSON.parse(await readText(request)) as ChatRequest;
  requests.push(body);
  const next = reply(body.messages, `call_${requests.length}`);
  if (body.stream) sendStream(response, next);
  else sendCompletion(response, next);
}

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const ENVELOPE = { id: "scripted", created: 0, model: MODEL_ID };

const finishReason = (next: Reply) => ("call" in next ? "tool_calls" : "stop");
const toolCall = ({ id, name, args }: Extract<Reply, { call: unknown }>["call"]) => ({
  index: 0,
  id,
  type: "function",
  function: { name, arguments: args },
});

function sendStream(response: ServerResponse, next: Reply): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (choice: object, extra: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...ENVELOPE, object: "chat.completion.chunk", choices: [{ index: 0, finish_reason: null, ...choice }], ...extra })}\n\n`,
    );
  send({ delta: { role: "assistant", ...("call" in next ? { tool_calls: [toolCall(next.call)] } : { content: next.text }) } });
  send({ delta: {}, finish_reason: finishReason(next) }, { usage: USAGE });
  response.end("data: [DONE]\n\n");
}

function sendCompletion(response: ServerResponse, next: Reply): void {
  const message = "call" in next
    ? { role: "assistant", content: null, tool_calls: [toolCall(next.call)] }
    : { role: "assistant", content: next.text };
  sendJson(response, {
    ...ENVELOPE,
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: finishReason(next) }],
    usage: USAGE,
  });
}

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A gateway keeps its connections alive; without this, close() would wait for it.
  server.closeAllConnections();
  await closed;
}
