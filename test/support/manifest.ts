/** Writes the `configSchema` of openclaw.plugin.json anew from the configuration's schema. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifestConfigSchema } from "../../src/config/manifest.ts";

const path = join(import.meta.dirname, "../../openclaw.plugin.json");
const manifest = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
writeFileSync(path, `${JSON.stringify({ ...manifest, configSchema: manifestConfigSchema() }, null, 2)}\n`);
