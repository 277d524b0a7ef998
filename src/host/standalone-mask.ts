import { createFortress } from "../fortress.ts";
import { commandSecrets } from "./config-secrets.ts";
import { localEdges } from "./edges.ts";
import { standaloneSurroundings } from "./standalone.ts";

/** Data without the values of any secret that this process can see. */
export function standaloneMask<T>(data: T): T {
  const { home, stateDir, config, source, pluginConfig } = standaloneSurroundings();
  return createFortress(pluginConfig, localEdges(home, stateDir, commandSecrets(config, source))).secrets.mask(data);
}
