import { homedir } from "node:os";
import { configReader } from "../edge/config-reader.ts";
import { exists } from "../edge/files.ts";
import { readConfigFile } from "../installation/config-file.ts";
import { type Installation, locate } from "../installation/locate.ts";
import { configuredEnvironment, substitute } from "../installation/substitute.ts";
import type { CommandSurroundings } from "./command-context.ts";

/** The OpenClaw of this user and environment, from its files alone: OpenClaw itself is not started. */
export function installation(): Installation {
  return locate(process.env, homedir(), exists);
}

/** @throws FortressError `host-config-unreadable` */
export function standaloneSurroundings(): CommandSurroundings {
  const { stateDir, ...found } = installation();
  const source = readConfigFile(found, configReader);
  const config = substitute(source, { ...configuredEnvironment(source), ...process.env }) as typeof source;
  return { home: homedir(), stateDir, config, source: () => source, pluginConfig: pluginConfig(config) };
}

function pluginConfig(config: { readonly plugins?: unknown }): unknown {
  return (config.plugins as { entries?: { fortress?: { config?: unknown } } } | undefined)?.entries?.fortress?.config;
}
