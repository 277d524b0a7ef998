import { randomBytes } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Json } from "./gateway-config.ts";

/**
 * Where a lived-in state directory holds secrets, or something nobody classified. File names that
 * OpenClaw itself would read and migrate at its start are avoided.
 */
export const SECRET_PLACES = [
  "credentials/note.txt",
  "matrix/crypto/keys.bin",
  "identity/note.txt",
  "devices/note.txt",
  ".env",
  "secrets.env",
  "secrets.json",
  "state/note.txt",
  "agents/main/agent/note.txt",
  "agents/other/agent/note.txt",
  "agents/other/sessions/note.txt",
  "openclaw.json.bak",
  "openclaw.json.last-good",
  "backups/openclaw.json",
  "tmp/plugin-captures/old/openclaw.json",
  "gateway/tls/gateway-key.pem",
  "gateway.token",
  "browser/default/Cookies",
  "push/note.txt",
  "telegram/note.txt",
  "plugins/example/note.txt",
  "cache/shell-snapshots/env.sh",
  "made-by-a-later-version/keys.txt",
] as const;

/** What the sandbox may read. */
export const PUBLIC_PLACES = [
  "agents/main/sessions/note.txt",
  "memory/notes.txt",
  "logs/old.log",
  "skills/example/notes.md",
  "extensions/example/notes.md",
  "hooks/example/notes.md",
  "media/inbound/photo.txt",
] as const;

export const PUBLIC_TEXT = "nothing secret";

export interface LivedIn {
  /** Stands in every secret place. Random, so that a hit is a leak and nothing else. */
  readonly canary: string;
  /** Name and value of the one key in secrets.env. */
  readonly key: { readonly name: string; readonly value: string };
  readonly seed: (stateDir: string) => Promise<void>;
}

/** A state directory as months of use leave it, with a canary in every place that holds secrets. */
export function livedIn(): LivedIn {
  const canary = `canary${randomBytes(12).toString("hex")}`;
  const key = { name: "FORTRESS_TEST_API_KEY", value: `key${randomBytes(16).toString("hex")}` };
  return {
    canary,
    key,
    async seed(stateDir) {
      for (const place of SECRET_PLACES) await put(join(stateDir, place), place.endsWith(".env") ? `LIVED_IN=${canary}\n` : `${canary}\n`);
      // A root gateway's sandboxes run as somebody else.
      for (const place of PUBLIC_PLACES) await put(join(stateDir, place), `${PUBLIC_TEXT}\n`, 0o644);
      const store = secretsFile(dirname(stateDir));
      await put(store, `# the agent's keys\n${key.name}="${key.value}"\n`);
      await chmod(dirname(store), 0o700);
      await chmod(store, 0o600);
    },
  };
}

/** The operator's `~/.openclaw:rw`, as the original guide found it: agents.defaults.sandbox for it. */
export function monolithicBind(stateDir: string): Json {
  return { docker: { binds: [`${stateDir}:${stateDir}:rw`], dangerouslyAllowExternalBindSources: true } };
}

export function secretsFile(home: string): string {
  return join(home, ".config/openclaw-secrets/secrets.env");
}

async function put(path: string, text: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text, { mode });
}
