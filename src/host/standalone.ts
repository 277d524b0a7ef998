import { homedir } from "node:os";
import { dirname } from "node:path";
import { configReader } from "../edge/config-reader.ts";
import { exists } from "../edge/files.ts";
import { readConfigFile } from "../installation/config-file.ts";
import { locate } from "../installation/locate.ts";
import { configuredEnvironment, substitute } from "../installation/substitute.ts";
import type { NotifySurroundings } from "./notify-edges.ts";
import type { HostConfig } from "./config-secrets.ts";

/** What a command knows of the OpenClaw that it works for. */
export interface CommandSurroundings {
  readonly home: string;
  readonly stateDir: string;
  readonly config: HostConfig;
  /** The configuration as it stands in the file. */
  readonly source: () => HostConfig;
  readonly pluginConfig: unknown;
  /** The folder of the installed plugin. */
  readonly programDir: string;
  /** Of the gateway for which this process works; absent for one of its own. */
  readonly gatewayEnvironment?: NodeJS.ProcessEnv;
  /** Sends by a channel of OpenClaw's; absent without OpenClaw. */
  readonly byChannel?: NotifySurroundings["byChannel"];
}

/**
 * The OpenClaw of this user and environment, from its files alone: OpenClaw itself is not started.
 *
 * @throws FortressError `host-config-unreadable`
 */
export function standaloneSurroundings(): CommandSurroundings {
  const { stateDir, ...found } = locate(process.env, homedir(), exists);
  const source = readConfigFile(found, configReader);
  const config = substitute(source, { ...configuredEnvironment(source), ...process.env }) as typeof source;
  return { home: homedir(), stateDir, config, source: () => source, pluginConfig: pluginEntry(config)?.config, programDir: dirname(import.meta.dirname) };
}

/** What OpenClaw's configuration says of this plugin. */
export function pluginEntry({ plugins }: { readonly plugins?: unknown }): { readonly config?: unknown } | undefined {
  return (plugins as { entries?: { fortress?: { config?: unknown } } } | undefined)?.entries?.fortress;
}
