import { delimiter, join } from "node:path";
import type { Edges } from "../flows/core.ts";
import type { Fortress } from "../fortress.ts";
import type { EngineId } from "../model/sandbox.ts";

/** The engine of the backend id `fortress`, asked anew each time: the configuration may be wrong. */
export function chooseEngine(fortress: Fortress, { exists }: Edges): () => EngineId {
  return () => {
    const { engine } = fortress.config();
    if (engine !== "auto") return engine;
    return (process.env.PATH ?? "").split(delimiter).some((directory) => exists(join(directory, "podman"))) ? "podman" : "docker";
  };
}
