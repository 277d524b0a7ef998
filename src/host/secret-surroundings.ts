import * as sdk from "openclaw/plugin-sdk/runtime-config-snapshot";
import type { Edges } from "../flows/core.ts";
import { sandboxModes } from "./host-config.ts";
import { redactEverywhere } from "./secret-masking.ts";

type HostConfig = Parameters<typeof sandboxModes>[0];

/** The gateway's process as a source of secrets. */
export function gatewaySecrets(config: () => HostConfig): Edges["secrets"] {
  return {
    surroundings: () => ({ inGateway: true, environment: process.env, plaintext: plaintextValues(sourceConfig()) }),
    agents: () => agentIds(config()),
    onNew: redactEverywhere,
  };
}

/** The process of a command: it has an environment of its own, and OpenClaw resolves no SecretRef for it. */
export function commandSecrets(config: HostConfig): Edges["secrets"] {
  return {
    surroundings: () => ({ inGateway: false, environment: {}, plaintext: plaintextValues(sourceConfig() ?? config) }),
    agents: () => agentIds(config),
    onNew: () => {},
  };
}

/** As OpenClaw writes them into session keys: lower case, with dashes for what is no letter, digit, dash or underscore. */
function agentIds(config: HostConfig): string[] {
  return sandboxModes(config).map(({ agentId }) => agentId.trim().toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 64));
}

/** The configuration as it stands in the file, before SecretRefs become strings; undefined where OpenClaw does not give it. */
function sourceConfig(): HostConfig | undefined {
  return (sdk as { getRuntimeConfigSourceSnapshot?: () => HostConfig | null }).getRuntimeConfigSourceSnapshot?.() ?? undefined;
}

/** Names below `secrets.values` whose value stands in the file itself. `${NAME}` is a reference, too. */
export function plaintextValues(config: HostConfig | undefined): string[] {
  const entries = (config as { plugins?: { entries?: Record<string, { config?: { secrets?: { values?: unknown } } }> } } | undefined)?.plugins?.entries;
  const values = entries?.fortress?.config?.secrets?.values;
  if (typeof values !== "object" || values === null) return [];
  return Object.entries(values).flatMap(([name, value]) => (typeof value === "string" && !/^\$\{[A-Z_][A-Z0-9_]*\}$/.test(value) ? [name] : []));
}
