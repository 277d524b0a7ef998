/** Agent id, or `*` for every agent that has no line of its own -> names or `PREFIX_*` patterns. */
export type Grants = Readonly<Record<string, readonly string[]>>;

/**
 * The names out of `available` that the agent gets, sorted. An agent that is not known gets what
 * every line grants: it may be the one with the narrowest.
 */
export function grantedNames(grants: Grants, agentId: string | undefined, available: Iterable<string>): string[] {
  const others = grants["*"] ?? [];
  const lines = agentId === undefined ? [others, ...Object.values(grants)] : [Object.hasOwn(grants, agentId) ? grants[agentId]! : others];
  return [...available].filter((name) => lines.every((patterns) => patterns.some((pattern) => matches(pattern, name)))).sort();
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
