import { userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Edges } from "../flows/core.ts";

/** The file that OpenClaw has its configuration in. Source: its config/paths, `resolveConfigPath`. */
export function configFile(home: string, stateDir: string, env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env.OPENCLAW_CONFIG_PATH?.trim();
  return chosen ? expand(chosen, home) : join(stateDir, "openclaw.json");
}

/** What the environment of the gateway names that no sandbox may see, wherever it is. */
export function guardedPlaces(home: string, stateDir: string, env: NodeJS.ProcessEnv = process.env): Edges["guarded"] {
  const config = configFile(home, stateDir, env);
  const named: readonly (readonly [path: string | undefined, what: string])[] = [
    [config.startsWith(`${stateDir}/`) ? undefined : config, "the gateway's configuration"],
    [env.OPENCLAW_OAUTH_DIR?.trim() && expand(env.OPENCLAW_OAUTH_DIR.trim(), home), "OAuth data of the gateway"],
    ...["/tmp/openclaw", `/tmp/openclaw-${userInfo().uid}`].map((path) => [path, "temporary files of the gateway"] as const),
    [env.XDG_RUNTIME_DIR, "sockets of the gateway's user"],
    ...[env.DOCKER_HOST, env.CONTAINER_HOST].map((address) => [socketOf(address), "the socket of a container engine"] as const),
    [/[:,]path=([^,]+)/.exec(env.DBUS_SESSION_BUS_ADDRESS ?? "")?.[1], "the bus of the gateway's user"],
  ];
  return named.flatMap(([path, what]) => (path !== undefined && isAbsolute(path) && path !== "/" ? [{ path, what }] : []));
}

function socketOf(address: string | undefined): string | undefined {
  return address?.startsWith("unix://") ? address.slice("unix://".length) : undefined;
}

function expand(path: string, home: string): string {
  return path.replace(/^~(?=\/|$)/, home);
}
