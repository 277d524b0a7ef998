import type { Engine } from "./engine.ts";

/** Every folder in which this engine keeps anything about containers. */
export async function storageOf(engine: Engine): Promise<string[]> {
  const info = JSON.parse(await engine.podman(["info", "--format", "json"])) as { store: { graphRoot: string; runRoot: string } };
  return [info.store.graphRoot, info.store.runRoot];
}
