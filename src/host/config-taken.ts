import { statSync } from "node:fs";
import { homedir } from "node:os";
import { isDeepStrictEqual } from "node:util";
import { configReader } from "../edge/config-reader.ts";
import { exists } from "../edge/files.ts";
import { readConfigFile } from "../installation/config-file.ts";
import { locate } from "../installation/locate.ts";
import type { Finding } from "../model/finding.ts";
import { pluginEntry } from "./standalone.ts";

/** OpenClaw takes a change over within this time, or not at all. */
const GRACE_MS = 60_000;

interface Source {
  /** What the file says of this plugin; throws when it can't be read. */
  readonly section: () => unknown;
  /** How long ago the file was written; milliseconds. */
  readonly age: () => number;
}

/** The configuration's own file, as OpenClaw finds it. */
export function configSource(): Source {
  const found = locate(process.env, homedir(), exists);
  return {
    section: () => pluginEntry(readConfigFile(found, configReader)),
    age: () => Date.now() - statSync(found.configFile).mtimeMs,
  };
}

/**
 * Whether what the file says is what this instance was made from. OpenClaw 2026.9.6 does not replace
 * a plugin while an agent works with it, says so in its log, and does not come back to it.
 */
export function watchConfigTaken({ section, age }: Source): () => Finding[] {
  const attempt = (): { readonly section: unknown } | undefined => {
    try {
      return { section: section() };
    } catch {
      // OpenClaw says itself what is wrong with its file.
      return undefined;
    }
  };
  const loaded = attempt();
  return () => {
    const now = attempt();
    if (!loaded || !now || isDeepStrictEqual(loaded, now) || age() < GRACE_MS) return [];
    return [
      {
        id: "host.config-not-taken",
        severity: "warn",
        detail: "plugins.entries.fortress was changed in OpenClaw's configuration, and the gateway still works with what it was before: OpenClaw does not replace a plugin while an agent works.",
        remedy: "Save the file once more while no agent works, or restart the gateway.",
      },
    ];
  };
}
