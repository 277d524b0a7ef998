import { isHarmlessName, isHarmlessWord, isSecretName } from "./names.ts";
import { looksLikeToken } from "./token-shape.ts";

export const REDACTED = "[redacted]";

/** Longer text is prose, which nobody has checked for keys. */
const MAX_TEXT = 200;

interface Place {
  /** Names from the top; an array adds none. */
  readonly path: readonly string[];
  /** Something above it has the name of a secret. */
  readonly secret: boolean;
  readonly agentId: string | undefined;
}

/**
 * A configuration without what an agent must not know. Names, structure, switches and numbers stay;
 * a text stays where its name is known to be harmless and it does not look like a key. Everything
 * below the name of a secret goes, and so do the sections of other agents.
 *
 * @param value what JSON5 can express
 * @param agentId undefined for a sandbox that several agents share: it sees no agent's own section
 */
export function redactConfig(value: unknown, agentId: string | undefined): unknown {
  return redact(value, { path: [], secret: false, agentId });
}

function redact(value: unknown, place: Place): unknown {
  if (typeof value === "string") return redactText(value, place);
  if (typeof value === "number" || typeof value === "bigint") return place.secret || !isSmall(value) ? REDACTED : value;
  if (Array.isArray(value)) return value.filter((item) => !belongsToOther(item, place)).map((item) => redact(item, place));
  if (typeof value === "object" && value !== null) return redactObject(value as Record<string, unknown>, place);
  return value ?? null;
}

/** Ids of people and chats are long numbers. */
function isSmall(value: number | bigint): boolean {
  return value < 1e9 && value > -1e9;
}

function redactObject(object: Record<string, unknown>, place: Place): Record<string, unknown> {
  const entries = Object.entries(object).filter(([key]) => !isOtherAgent(key, place));
  const isReference = typeof object.source === "string" && typeof object.id === "string" && Object.keys(object).length <= 3;
  return Object.fromEntries(
    entries.map(([key, value], index) => {
      const inner = { ...place, path: [...place.path, key], secret: place.secret || isSecretName(key, value) };
      // A reference names the place of a secret; that place is nothing for the agent either.
      const redacted = isReference && key !== "source" ? REDACTED : redact(value, inner);
      return [looksLikeToken(key) || key.includes("://") || key.includes("@") ? `${REDACTED} ${index + 1}` : key, redacted];
    }),
  );
}

function redactText(text: string, { path, secret }: Place): string {
  if (text === "") return text;
  if (/^\$\{[A-Z][A-Z0-9_]{0,40}\}$/.test(text) && !looksLikeToken(text.slice(2, -1))) return text;
  const name = path.at(-1) ?? "";
  if (secret || text.length > MAX_TEXT || looksLikeToken(text)) return REDACTED;
  if (text.includes("://")) return isHarmlessName(name) ? originOf(text) : REDACTED;
  if (isHarmlessWord(text)) return text;
  const harmless = name === "$include" || isHarmlessName(name);
  return harmless && !text.includes("@") ? text : REDACTED;
}

/** User names, paths and queries of addresses hold keys. */
function originOf(text: string): string {
  try {
    const { protocol, host } = new URL(text);
    return host === "" ? REDACTED : `${protocol}//${host}`;
  } catch {
    return REDACTED;
  }
}

/** Where names are ids of agents. */
function isOtherAgent(key: string, { path, agentId }: Place): boolean {
  const at = path.join(".");
  if (at === "agents.entries") return key !== agentId;
  if (!at.startsWith("plugins.entries.fortress.config.")) return false;
  return (at.endsWith(".grants") || at.endsWith(".agents")) && key !== agentId && key !== "*";
}

function belongsToOther(item: unknown, { path, agentId }: Place): boolean {
  if (typeof item !== "object" || item === null) return false;
  const { id, agentId: owner } = item as { id?: unknown; agentId?: unknown };
  if (path.join(".") === "agents.list") return id !== agentId;
  return owner !== undefined && owner !== agentId;
}
