import { posix } from "node:path";
import { FortressError } from "../model/errors.ts";
import type { Installation } from "./locate.ts";

/** What reading a configuration asks of the outside. */
export interface ConfigReader {
  /** Throws what the system says; a plain file only. */
  read(path: string): string;
  /** The canonical path; the path itself where there is none. */
  real(path: string): string;
  parse(text: string): unknown;
}

type Json = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 10;
/** As OpenClaw drops them: a key that would change every object. */
const BLOCKED = new Set(["__proto__", "constructor", "prototype"]);

/**
 * OpenClaw's configuration as it stands in its files: `$include`s are resolved, SecretRefs and
 * `${NAME}` are not. Source: OpenClaw's `config/includes`.
 *
 * @throws FortressError `host-config-unreadable`; what can't be read is unknown, never empty
 */
export function readConfigFile({ configFile, includeRoots }: Pick<Installation, "configFile" | "includeRoots">, reader: ConfigReader): Json {
  const roots = [posix.dirname(configFile), ...includeRoots];

  const load = (file: string, chain: readonly string[]): unknown => {
    if (chain.includes(file)) throw unreadable(file, "it includes itself");
    if (chain.length > MAX_DEPTH) throw unreadable(file, `it is included ${chain.length} levels deep`);
    if (!roots.some((root) => within(root, file)) || !roots.some((root) => within(reader.real(root), reader.real(file)))) throw unreadable(file, "OpenClaw does not read files from there");
    return resolve(parse(file, reader), file, [...chain, file]);
  };

  const include = (value: unknown, file: string, chain: readonly string[]): unknown => {
    const loadOne = (each: unknown): unknown => {
      if (typeof each !== "string") throw unreadable(file, "an $include names no file");
      return load(posix.resolve(posix.dirname(file), each), chain);
    };
    return Array.isArray(value) ? value.map(loadOne).reduce((merged, each) => merge(merged, each), {}) : loadOne(value);
  };

  const resolve = (value: unknown, file: string, chain: readonly string[]): unknown => {
    if (Array.isArray(value)) return value.map((each) => resolve(each, file, chain));
    if (!isObject(value)) return value;
    const { $include, ...others } = value;
    const own = Object.fromEntries(Object.entries(others).map(([key, each]) => [key, resolve(each, file, chain)]));
    if ($include === undefined) return own;
    const included = include($include, file, chain);
    if (Object.keys(own).length === 0) return included;
    if (!isObject(included)) throw unreadable(file, "what stands beside an $include can't be merged with it");
    return merge(included, own);
  };

  const config = resolve(parse(configFile, reader), configFile, [configFile]);
  if (!isObject(config)) throw unreadable(configFile, "it is no object");
  return config;
}

function parse(file: string, reader: ConfigReader): unknown {
  let text: string;
  try {
    text = reader.read(file);
  } catch (cause) {
    throw unreadable(file, (cause as NodeJS.ErrnoException).code ?? "it is not a regular file", cause);
  }
  try {
    return reader.parse(text);
  } catch {
    // The parser's message may quote a line, and a line may hold a token.
    throw unreadable(file, "it is not JSON5");
  }
}

/** Objects merge, lists follow one another, anything else is replaced. */
function merge(base: unknown, over: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(over)) return [...(base as unknown[]), ...(over as unknown[])];
  if (!isObject(base) || !isObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) if (!BLOCKED.has(key)) merged[key] = Object.hasOwn(base, key) ? merge(base[key], value) : value;
  return merged;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function within(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`);
}

function unreadable(file: string, what: string, cause?: unknown): FortressError {
  return new FortressError("host-config-unreadable", `OpenClaw's configuration ${file} can't be read: ${what}.`, "Run as the gateway's user, with its OPENCLAW_STATE_DIR and OPENCLAW_CONFIG_PATH; openclaw doctor says what is wrong with the file.", { cause });
}
