import { STATE_ENTRIES, type StateEntry } from "./table.ts";

export interface Classification {
  readonly entry: StateEntry;
  /** `within`: the path is the entry or lies in it. `above`: the path contains the entry. */
  readonly relation: "within" | "above";
}

function segmentMatches(pattern: string, name: string, agentId: string | undefined): boolean {
  if (pattern === "<agent>") return name === agentId;
  return new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^]*")}$`).test(name);
}

/**
 * What the table says of a path relative to the state directory.
 * A `never` entry wins over everything: a path that contains one is judged by it, whatever else it
 * contains; otherwise the entry with the most segments decides.
 *
 * @returns undefined when nobody classified the path
 */
export function classify(relative: string, agentId: string | undefined): Classification | undefined {
  const names = relative.split("/");
  let best: Classification | undefined;
  for (const entry of STATE_ENTRIES) {
    const pattern = entry.path.split("/");
    const shared = Math.min(pattern.length, names.length);
    if (!pattern.slice(0, shared).every((segment, index) => segmentMatches(segment, names[index]!, agentId))) continue;
    const found: Classification = { entry, relation: pattern.length > names.length ? "above" : "within" };
    if (entry.access === "never") return found;
    if (found.relation === "above") continue;
    if (!best || pattern.length > best.entry.path.split("/").length) best = found;
  }
  return best;
}
