import { text } from "node:stream/consumers";
import { type CommandSurroundings, standaloneSurroundings } from "./standalone.ts";

const MAX_BYTES = 2 ** 22;

/**
 * What a gateway gives to a process that it starts for its own work: its environment, and over
 * standard input its plugin's configuration, in which references to secrets are values by now.
 */
export function handOver(pluginConfig: unknown, stateDir: string): { readonly input: string; readonly env: Readonly<Record<string, string>> } {
  const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return { input: JSON.stringify({ pluginConfig }), env: { ...env, OPENCLAW_STATE_DIR: stateDir } };
}

/** The surroundings of such a process: it sees the secrets that the gateway sees. */
export async function handedSurroundings(): Promise<() => CommandSurroundings> {
  const input = await text(process.stdin);
  if (input.length > MAX_BYTES) throw new Error(`More than ${MAX_BYTES} bytes were handed over.`);
  const { pluginConfig } = JSON.parse(input) as { pluginConfig?: unknown };
  return () => ({ ...standaloneSurroundings(), pluginConfig, gatewayEnvironment: process.env });
}
