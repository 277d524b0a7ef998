import * as sdk from "openclaw/plugin-sdk/runtime-config-snapshot";
import type { Edges } from "../flows/core.ts";
import { agentIds, type HostConfig, plaintextValues } from "./config-secrets.ts";
import { redactEverywhere } from "./secret-masking.ts";

/** The gateway's process as a source of secrets. */
export function gatewaySecrets(config: () => HostConfig): Edges["secrets"] {
  return {
    surroundings: () => ({ inGateway: true, environment: process.env, plaintext: plaintextValues(sourceConfig()) }),
    agents: () => agentIds(config()),
    onNew: redactEverywhere,
  };
}

/** The configuration as it stands in the file, before SecretRefs become strings; undefined where OpenClaw does not give it. */
export function sourceConfig(): HostConfig | undefined {
  return (sdk as { getRuntimeConfigSourceSnapshot?: () => HostConfig | null }).getRuntimeConfigSourceSnapshot?.() ?? undefined;
}
