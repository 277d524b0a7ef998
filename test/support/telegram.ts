import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";

/** Telegram's Bot API for one bot, on loopback. */
export interface FakeTelegram extends AsyncDisposable {
  /** For `channels.telegram.apiRoot`. */
  readonly url: string;
  /** Texts that were sent to a chat, oldest first. */
  readonly sent: readonly { readonly chat: string; readonly text: string }[];
  /** A person writes to the bot, in a chat of their own that has the person's id. */
  say(person: number, text: string): void;
  /** From now on it refuses every message, as where the bot was removed from the chat. */
  refuse(): void;
}

/** An empty answer at once would be asked for again at once. */
const POLL_MS = 2_000;
const BOT = { id: 1, is_bot: true, first_name: "Bot", username: "fortress_bot" };

const OTHERS: Readonly<Record<string, unknown>> = { getMe: BOT, getWebhookInfo: { url: "", has_custom_certificate: false, pending_update_count: 0 } };

export async function startTelegram(): Promise<FakeTelegram> {
  const sent: { chat: string; text: string }[] = [];
  const updates: { readonly update_id: number }[] = [];
  let refuses = false;
  const answer = (method: string, params: Record<string, unknown>): unknown => {
    if (method === "getUpdates") return updates.filter(({ update_id }) => update_id >= Number(params.offset ?? 0));
    if (method !== "sendMessage") return OTHERS[method] ?? true;
    if (refuses) return undefined;
    sent.push({ chat: String(params.chat_id), text: String(params.text) });
    return { message_id: sent.length, date: 1, chat: { id: Number(params.chat_id), type: "private" }, text: params.text };
  };
  const server = createServer(async (request, response) => {
    const body = await readText(request);
    const method = new URL(request.url ?? "/", "http://telegram").pathname.split("/").at(-1)!;
    const params = body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
    if (method === "getUpdates") await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const result = answer(method, params);
    response.writeHead(result === undefined ? 403 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(result === undefined ? { ok: false, error_code: 403, description: "Forbidden: bot was blocked by the user" } : { ok: true, result }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent,
    say(person, text) {
      const from = { id: person, is_bot: false, first_name: `Person ${person}` };
      const [command] = /^\/\w+/.exec(text) ?? [];
      const entities = command === undefined ? [] : [{ type: "bot_command", offset: 0, length: command.length }];
      updates.push({ update_id: updates.length + 1, message: { message_id: 1_000 + updates.length, date: Math.floor(Date.now() / 1_000), chat: { id: person, type: "private", first_name: from.first_name }, from, text, entities } } as { update_id: number });
    },
    refuse: () => void (refuses = true),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
