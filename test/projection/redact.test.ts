import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REDACTED, redactConfig } from "../../src/projection/redact.ts";

const redact = (value: unknown, agentId: string | undefined = "main"): unknown => redactConfig(value, agentId);

/** A configuration as operators have them: what stays is as important as what goes. */
const LIVED_IN = {
  $include: ["./channels.json5", "./models.json5"],
  meta: { lastTouchedVersion: "2026.9.6", lastTouchedAt: "2026-11-01T10:00:00.000Z" },
  gateway: { mode: "local", bind: "loopback", port: 18789, auth: { mode: "token", token: "hunter2" }, tls: { enabled: true } },
  agents: {
    defaults: { workspace: "~/.openclaw/workspace", model: { primary: "anthropic/claude-sonnet-4-5-20250929", fallbacks: ["openai/gpt-4o-mini-2024-07-18", "Qwen/Qwen2.5-Coder-32B-Instruct"] }, skipBootstrap: true, maxTokens: 8192, sandbox: { mode: "all", backend: "podman", scope: "agent", docker: { image: "openclaw-sandbox:bookworm-slim", env: { LANG: "C.UTF-8" } } } },
    entries: { main: { name: "Main", workspace: "/home/ada/.openclaw/workspace" }, other: { name: "Other", workspace: "/home/ada/other" } },
  },
  bindings: [{ agentId: "main", match: { channel: "telegram" } }, { agentId: "other", match: { channel: "slack" } }],
  channels: { telegram: { enabled: true, botToken: "1:a", dmPolicy: "pairing", allowFrom: [4915112345678, "@ada"] } },
  models: { providers: { local: { baseUrl: "http://ada:pw@localhost:11434/v1?key=x", apiKey: { source: "env", provider: "default", id: "LOCAL_KEY" } } } },
  hooks: { token: "t", path: "/hooks/inbound" },
  plugins: { entries: { fortress: { enabled: true, config: { secrets: { grants: { main: ["A_*"], other: ["B_*"], "*": [] } }, mounts: { profile: "standard", agents: { other: { profile: "minimal" } } } } } } },
};

it("keeps what tells how OpenClaw is set up, and nothing else", () => {
  expect(redact(LIVED_IN)).toEqual({
    $include: ["./channels.json5", "./models.json5"],
    meta: { lastTouchedVersion: "2026.9.6", lastTouchedAt: "2026-11-01T10:00:00.000Z" },
    gateway: { mode: "local", bind: "loopback", port: 18789, auth: { mode: "token", token: REDACTED }, tls: { enabled: true } },
    agents: {
      defaults: { workspace: "~/.openclaw/workspace", model: { primary: "anthropic/claude-sonnet-4-5-20250929", fallbacks: ["openai/gpt-4o-mini-2024-07-18", "Qwen/Qwen2.5-Coder-32B-Instruct"] }, skipBootstrap: true, maxTokens: 8192, sandbox: { mode: "all", backend: "podman", scope: "agent", docker: { image: "openclaw-sandbox:bookworm-slim", env: { LANG: REDACTED } } } },
      entries: { main: { name: "Main", workspace: "/home/ada/.openclaw/workspace" } },
    },
    bindings: [{ agentId: "main", match: { channel: "telegram" } }],
    channels: { telegram: { enabled: true, botToken: REDACTED, dmPolicy: "pairing", allowFrom: [REDACTED, REDACTED] } },
    models: { providers: { local: { baseUrl: "http://localhost:11434", apiKey: { source: REDACTED, provider: REDACTED, id: REDACTED } } } },
    hooks: { token: REDACTED, path: REDACTED },
    plugins: { entries: { fortress: { enabled: true, config: { secrets: { grants: { main: [REDACTED], "*": [] } }, mounts: { profile: "standard", agents: {} } } } } },
  });
});

describe("other agents", () => {
  it.each<[string | undefined, string[], unknown[], string[]]>([
    ["main", ["main"], [{ id: "main" }], ["main"]],
    ["third", [], [], []],
    [undefined, [], [], []],
  ])("%s sees no section but its own", (agentId, entries, list, bindings) => {
    const seen = redactConfig({ agents: { entries: { main: {}, other: {} }, list: [{ id: "main" }, { id: "other" }] }, bindings: [{ agentId: "main" }, { agentId: "other" }] }, agentId) as { agents: { entries: object; list: unknown[] }; bindings: { agentId: string }[] };
    expect(Object.keys(seen.agents.entries)).toEqual(entries);
    expect(seen.agents.list).toEqual(list);
    expect(seen.bindings.map((binding) => binding.agentId)).toEqual(bindings);
  });

  it("whose names are those of other things take nothing with them", () => {
    expect(redact({ agents: { entries: { telegram: {} } }, channels: { telegram: { enabled: true } } })).toEqual({ agents: { entries: {} }, channels: { telegram: { enabled: true } } });
  });
});

describe("references and addresses", () => {
  it.each([
    [{ ref: { source: "exec", id: "vault/key" } }, { ref: { source: "exec", id: REDACTED } }],
    [{ ref: { source: "env", provider: "default", id: "X" } }, { ref: { source: "env", provider: REDACTED, id: REDACTED } }],
    [{ note: "${EXAMPLE_NAME}" }, { note: "${EXAMPLE_NAME}" }],
    [{ note: "${lower}" }, { note: REDACTED }],
    [{ url: "https://hooks.example.com/services/T0/B0/abc" }, { url: "https://hooks.example.com" }],
    [{ url: "https://user:pass@example.com" }, { url: "https://example.com" }],
    [{ somewhere: "https://example.com" }, { somewhere: REDACTED }],
    [{ url: "https://%%%" }, { url: REDACTED }],
    [{ url: "data://" }, { url: REDACTED }],
  ])("%j becomes %j", (value, expected) => {
    expect(redact(value)).toEqual(expected);
  });
});

// --- Properties. Where a secret may stand, and what it may look like there.

const from = (alphabet: string, minLength: number, maxLength: number): fc.Arbitrary<string> => fc.array(fc.constantFrom(...alphabet), { minLength, maxLength }).map((letters) => letters.join(""));
const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** What services give out as keys. */
const token = fc.oneof(
  from("0123456789abcdef", 40, 64),
  from(`${ALNUM}-_`, 40, 80),
  from(`${ALNUM}+/`, 44, 80).map((body) => `${body}=`),
  fc.tuple(fc.constantFrom("sk-", "sk-ant-api03-", "ghp_", "xoxb-", "AKIA", "AIza", "eyJ", "glpat-", "github_pat_"), from(ALNUM, 24, 60)).map(([prefix, body]) => prefix + body),
  fc.uuid(),
);
/** Whatever a person may choose; marked, so that it is found again. */
const password = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `pass ${text}word`);
const SECRET_NAMES = ["token", "botToken", "apiKey", "api_key", "password", "clientSecret", "privateKey", "credentials", "Authorization", "webhookUrl", "cookie", "serviceAccount", "signingKey", "env", "headers", "sessionTokens"];
const HARMLESS_NAMES = ["name", "model", "primary", "url", "workspace", "id", "image", "allow", "prompt", "$include"];
const UNKNOWN_NAMES = ["foo", "thing", "customSetting", "notes"];

type Planted = { readonly value: unknown; readonly secret: string };
const planted: fc.Arbitrary<Planted> = fc.oneof(
  fc.tuple(fc.constantFrom(...SECRET_NAMES), fc.oneof(token, password)).chain(([name, secret]) => fc.constantFrom<Planted>({ value: { [name]: secret }, secret }, { value: { [name]: [secret] }, secret }, { value: { [name]: { mode: "x", deep: { a: secret } } }, secret }, { value: { [name]: { source: "file", id: secret } }, secret })),
  fc.tuple(fc.constantFrom(...UNKNOWN_NAMES), fc.oneof(token, password)).map(([name, secret]) => ({ value: { [name]: secret }, secret })),
  fc.tuple(fc.constantFrom(...HARMLESS_NAMES), token).chain(([name, secret]) => fc.constantFrom<Planted>({ value: { [name]: secret }, secret }, { value: { [name]: `see ${secret} there` }, secret }, { value: { [name]: [`--key=${secret}`] }, secret })),
  fc.tuple(fc.constantFrom(...HARMLESS_NAMES), token).chain(([name, secret]) =>
    fc.constantFrom<Planted>({ value: { [name]: `https://u:${secret}@example.com/` }, secret }, { value: { [name]: `https://example.com/${secret}` }, secret }, { value: { [name]: `https://example.com/?k=${secret}` }, secret }, { value: { [name]: `https://${secret}.example.com/` }, secret: secret.toLowerCase() }),
  ),
  token.map((secret) => ({ value: { [secret]: true }, secret })),
  fc.integer({ min: 1_000_000_000 }).map((secret) => ({ value: { chat: secret }, secret: String(secret) })),
);

/** Any surroundings: the secret's place in them is found by what it is named, not by where it is. */
const wrapped = fc.tuple(planted, fc.array(fc.constantFrom("a", "channels", "plugins", "agents", "list", "config", 0), { maxLength: 6 }), fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })).map(([{ value, secret }, path, siblings]) => ({
  config: path.reduce<unknown>((inner, name) => (name === 0 ? [inner] : { ...siblings, [name]: inner }), value),
  secret,
}));

it("shows no secret, wherever it stands", () => {
  fc.assert(
    fc.property(wrapped, ({ config, secret }) => {
      expect(JSON.stringify(redact(config)).toLowerCase()).not.toContain(JSON.stringify(secret).slice(1, -1).toLowerCase());
    }),
    { numRuns: 5_000, seed: 20261123 },
  );
});

it("keeps the structure: the same names, lengths, switches and small numbers", () => {
  const name = fc.constantFrom("a", "mode", "enabled", "apiKey", "list", "deep", "url", "x-y");
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, fc.string(), fc.boolean(), fc.integer({ min: -1e6, max: 1e6 }), fc.constant(null), fc.array(tie("tree"), { maxLength: 4 }), fc.dictionary(name, tie("tree"), { maxKeys: 5 })),
  }));
  fc.assert(
    fc.property(tree, (value) => shape(redact(value), value)),
    { numRuns: 2_000, seed: 20261123 },
  );
});

function shape(seen: unknown, value: unknown): boolean {
  if (Array.isArray(value)) return Array.isArray(seen) && seen.length === value.length && value.every((item, index) => shape(seen[index], item));
  if (typeof value !== "object" || value === null) return seen === value || (typeof seen === "string" && (typeof value === "string" || typeof value === "number"));
  return Object.keys(seen as object).join() === Object.keys(value).join() && Object.entries(value).every(([key, item]) => shape((seen as Record<string, unknown>)[key], item));
}

it("changes nothing of what it is given, and nothing when done twice", () => {
  const before = structuredClone(LIVED_IN);
  const once = redact(LIVED_IN);
  expect(LIVED_IN).toEqual(before);
  expect(redact(once)).toEqual(once);
});
