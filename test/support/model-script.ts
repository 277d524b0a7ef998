/** What the scripted model says, as a pure function of the conversation. */

export interface ChatMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly type: string; readonly text?: string }[] | null;
  readonly tool_call_id?: string;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean;
  readonly tools?: readonly { readonly function?: { readonly name?: string } }[];
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the protocol wants it. */
  readonly args: string;
}

export type Reply = { readonly text: string } | { readonly call: ToolCall };

const RESULT_PREFIX = "RESULT ";
/** The host adds its own facts as further user messages behind the question. */
const HOST_CONTEXT = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>";
const MARKER = /CALL ([\w.:-]+) (\{.*\})/g;

/** The user message that makes the model call one tool. Several, one per line, are called in turn. */
export function callMarker(tool: string, args: object): string {
  return `CALL ${tool} ${JSON.stringify(args)}`;
}

export function messageText({ content }: ChatMessage): string {
  if (content == null) return "";
  if (typeof content === "string") return content;
  return content.map((part) => part.text ?? "").join("");
}

export function reply(messages: readonly ChatMessage[], callId: string): Reply {
  const question = messages.findLastIndex((message) => message.role === "user" && !messageText(message).startsWith(HOST_CONTEXT));
  const calls = question === -1 ? [] : [...messageText(messages[question]!).matchAll(MARKER)];
  const results = messages.slice(question + 1).filter(({ role }) => role === "tool");
  const next = calls[results.length];
  if (next) return { call: { id: callId, name: next[1]!, args: next[2]! } };
  if (results.length === 0) return { text: "OK" };
  return { text: RESULT_PREFIX + results.map(messageText).join("\n") };
}

/** Whether the model was asked what contains the text. */
export function wasAsked(requests: readonly ChatRequest[], question: string): boolean {
  return requests.some(({ messages }) => messages.some((message) => isAsked(message, question)));
}

/**
 * What the tools answered in the turn whose question contains the text: taken from the request and
 * not from the agent's reply, which the host trims and reformats. Undefined when no tool ran.
 */
export function toolOutput(requests: readonly ChatRequest[], question: string): string | undefined {
  const last = requests.findLast(({ messages }) => messages.some((message) => isAsked(message, question)));
  const results = last?.messages.slice(last.messages.findLastIndex((message) => isAsked(message, question))).filter(({ role }) => role === "tool") ?? [];
  return results.length > 0 ? results.map(messageText).join("\n") : undefined;
}

function isAsked(message: ChatMessage, question: string): boolean {
  return message.role === "user" && messageText(message).includes(question);
}
