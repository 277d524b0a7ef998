import { posix } from "node:path";
import type { Layout } from "../model/ports.ts";
import { classify } from "./classify.ts";
import { overlaps } from "../model/paths.ts";
import type { Places } from "./reach.ts";

export interface HiddenEntry {
  /** Name in the state directory. */
  readonly entry: string;
  readonly holds: string;
}

/**
 * What lies in the state directory and in no mount of a sandbox, under whatever name.
 *
 * @param sources where the mounts of the sandbox lead, on the host
 */
export function hiddenEntries(sources: readonly string[], layout: Layout, { stateDir, agentId }: Places): HiddenEntry[] {
  return layout
    .list(stateDir)
    .filter((entry) => !sources.some((source) => overlaps(source, posix.join(stateDir, entry))))
    .map((entry) => {
      const found = classify(entry, agentId);
      return { entry, holds: (found?.holder ?? found?.entry)?.purpose ?? "nobody classified it" };
    });
}
