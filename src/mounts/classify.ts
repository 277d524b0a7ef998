import { STATE_ENTRIES, type StateEntry } from "./table.ts";

export interface Classification {
  readonly entry: StateEntry;
  /** `within`: the path is the entry or lies in it. `above`: the path contains the entry. */
  readonly relation: "within" | "above";
  /** The entry that the path is or lies in, where it contains another one. */
  readonly holder?: StateEntry;
}

type Segment = (name: string, agentId: string | undefined) => boolean;

function segment(pattern: string): Segment {
  if (pattern === "<agent>") return (name, agentId) => name === agentId;
  if (!pattern.includes("*")) return (name) => name === pattern;
  const expression = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^]*")}$`);
  return (name) => expression.test(name);
}

/** Made once: the plan of every agent turn asks for dozens of paths. */
const MATCHERS: readonly (readonly [StateEntry, readonly Segment[]])[] = STATE_ENTRIES.map((entry) => [entry, entry.path.split("/").map(segment)]);

const depth = ({ path }: StateEntry): number => path.split("/").length;

/**
 * What the table says of a path relative to the state directory.
 * A path that contains a `never` entry is judged by that, whatever else it contains; otherwise the
 * entry with the most segments decides, and of two with as many the one that forbids.
 *
 * @returns undefined when nobody classified the path
 */
export function classify(relative: string, agentId: string | undefined): Classification | undefined {
  const names = relative.split("/");
  let within: StateEntry | undefined;
  let above: StateEntry | undefined;
  for (const [entry, pattern] of MATCHERS) {
    const shared = Math.min(pattern.length, names.length);
    if (!pattern.slice(0, shared).every((matches, index) => matches(names[index]!, agentId))) continue;
    if (pattern.length > names.length) above ??= entry.access === "never" ? entry : undefined;
    else if (!within || depth(entry) > depth(within) || (depth(entry) === depth(within) && entry.access === "never" && within.access !== "never")) within = entry;
  }
  if (above) return { entry: above, relation: "above", ...(within ? { holder: within } : {}) };
  return within && { entry: within, relation: "within" };
}

/** What must not be seen of a path relative to the state directory. */
export function forbiddenIn(relative: string): StateEntry[] {
  return STATE_ENTRIES.filter(({ access, path }) => access === "never" && path.startsWith(`${relative}/`));
}
