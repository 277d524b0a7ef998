import { posix } from "node:path";
import type { TSchema } from "@sinclair/typebox";
import { Value, type ValueError } from "@sinclair/typebox/value";
import { FortressError } from "../model/errors.ts";
import { parseSize } from "../model/units.ts";
import { type BackupsConfig, resolveBackups } from "./backups-section.ts";
import { type DiskConfig, resolveDisk } from "./disk-section.ts";
import { type MountsConfig, resolveMounts } from "./mounts-section.ts";
import { ConfigSchema, type RawConfig } from "./schema.ts";

export interface Config {
  readonly engine: RawConfig["engine"];
  /** Bytes, cores and a count. */
  readonly limits: { readonly memory: number; readonly cpus: number; readonly pids: number; readonly onFailure: "refuse" | "warn" };
  readonly disk: DiskConfig;
  readonly mounts: MountsConfig;
  readonly posture: {
    /** `hardened`, `engine` or an absolute path. */
    readonly seccomp: string;
    /** `auto` or `UID[:GID]`. */
    readonly user: string;
    /** Bytes. */
    readonly tmpfs: number;
    readonly network: { readonly allow: readonly string[] };
  };
  readonly secrets: RawConfig["secrets"];
  readonly attestation: RawConfig["attestation"];
  readonly health: RawConfig["health"];
  readonly maintenance: RawConfig["maintenance"];
  readonly notify: RawConfig["notify"];
  readonly backups: BackupsConfig;
}

const KEY = "plugins.entries.fortress.config";

/** Where somebody may have put a key by mistake: an age identity in place of a recipient, a password in a command. */
const MAY_BE_SECRET = /^(secrets(?!\.(file|grants|delivery)(\.|$))|backups\.(recipients|afterwards)(\.|$)|notify\.(command|webhook))/;

/**
 * Checks the raw configuration and fills in the defaults.
 *
 * @param home the directory that `~` stands for
 * @throws FortressError `config-invalid`, naming the first wrong key with its value
 */
export function resolveConfig(raw: unknown, home: string): Config {
  const filled = withDefaults(ConfigSchema, structuredClone(raw ?? undefined));
  const error = Value.Errors(ConfigSchema, filled).First();
  if (error) throw invalid(error);
  const config = filled as RawConfig;
  const memory = size("limits.memory", config.limits.memory);
  const tmpfs = size("posture.tmpfs", config.posture.tmpfs);
  const file = posix.normalize(config.secrets.file.replace(/^~(?=\/)/, home));
  return Object.freeze({
    ...config,
    limits: { ...config.limits, memory },
    disk: resolveDisk(config.disk, size),
    mounts: resolveMounts(config.mounts, home),
    posture: { ...config.posture, tmpfs },
    secrets: { ...config.secrets, file },
    backups: resolveBackups(config.backups, home, size),
  });
}

function size(key: string, text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw wrong(key, text, "is too large", "Use a size such as 8g.");
  return bytes;
}

/**
 * Fills in what is absent, and nothing else. TypeBox's own `Value.Default` merges the default into a
 * map that is there: grants for one agent would have kept "everything to everyone".
 */
function withDefaults(schema: TSchema, value: unknown): unknown {
  const filled: unknown = value === undefined ? structuredClone(schema.default) : value;
  if (schema.properties === undefined || typeof filled !== "object" || filled === null || Array.isArray(filled)) return filled;
  const known = Object.entries(schema.properties as Record<string, TSchema>);
  return { ...filled, ...Object.fromEntries(known.map(([name, child]) => [name, withDefaults(child, (filled as Record<string, unknown>)[name])])) };
}

function invalid(error: ValueError): FortressError {
  const key = error.path.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
  if (error.message === "Unexpected property") return wrong(key, error.value, "is not a key that fortress knows", "Remove it, or correct its spelling.");
  const { description } = error.schema as { description?: string };
  return wrong(key, error.value, `is not valid (${error.message.replace("Expected", "expected")})`, description ?? "The README lists every key with its type.");
}

function wrong(key: string, value: unknown, what: string, remedy: string): FortressError {
  const shown = MAY_BE_SECRET.test(key) ? "what is there (not shown)" : (typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value))).slice(0, 80);
  return new FortressError("config-invalid", `${key ? `${KEY}.${key}` : KEY}: ${shown} ${what}.`, remedy);
}
