import type { Edges } from "../flows/core.ts";
import { sandboxModes } from "./host-config.ts";

export type HostConfig = Parameters<typeof sandboxModes>[0];

/**
 * The process of a command: it has an environment of its own, and OpenClaw resolves no SecretRef for it.
 *
 * @param source the configuration as it stands in the file
 * @param gateway the environment of the gateway that started it for its own work, if one did
 */
export function commandSecrets(config: HostConfig, source: () => HostConfig, gateway?: NodeJS.ProcessEnv): Edges["secrets"] {
  return {
    surroundings: () => ({ inGateway: gateway !== undefined, environment: gateway ?? {}, plaintext: plaintextValues(source()) }),
    agents: () => agentIds(config),
    onNew: () => {},
  };
}

/** As OpenClaw writes them into session keys: lower case, with dashes for what is no letter, digit, dash or underscore. */
export function agentIds(config: HostConfig): string[] {
  return sandboxModes(config).map(({ agentId }) => agentId.trim().toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64));
}

/** Names below `secrets.values` whose value stands in the file itself. `${NAME}` is a reference, too. */
export function plaintextValues(config: HostConfig | undefined): string[] {
  const entries = (config as { plugins?: { entries?: Record<string, { config?: { secrets?: { values?: unknown } } }> } } | undefined)?.plugins?.entries;
  const values = entries?.fortress?.config?.secrets?.values;
  if (typeof values !== "object" || values === null) return [];
  return Object.entries(values).flatMap(([name, value]) => (typeof value === "string" && !/^\$\{[A-Z_][A-Z0-9_]*\}$/.test(value) ? [name] : []));
}
