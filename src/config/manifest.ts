import { ConfigSchema } from "./schema.ts";

type Json = Record<string, unknown>;

/**
 * The `configSchema` of `openclaw.plugin.json`: names, defaults and descriptions of
 * {@link ConfigSchema} without its constraints. OpenClaw refuses to start (exit 78) on a plugin
 * configuration that its manifest forbids, and a gateway that is down helps nobody; fortress
 * checks the configuration itself and refuses sandboxes instead.
 */
export function manifestConfigSchema(): Json {
  return relax(ConfigSchema as unknown as Json);
}

function relax(schema: Json): Json {
  const { description, default: fallback, properties } = schema;
  const relaxed: Json = {};
  if (description !== undefined) relaxed.description = description;
  if (properties === undefined) return fallback === undefined ? relaxed : { ...relaxed, default: fallback };
  relaxed.properties = Object.fromEntries(Object.entries(properties as Record<string, Json>).map(([name, child]) => [name, relax(child)]));
  return relaxed;
}
