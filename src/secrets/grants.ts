import { FortressError } from "../model/errors.ts";

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

/** The line that gives an agent a name that it gets, as it stands in the configuration. */
export function grantOf(grants: Grants, agentId: string | undefined, name: string): string {
  if (agentId === undefined) return "secrets.grants: every line gives it";
  const line = Object.hasOwn(grants, agentId) ? agentId : "*";
  return `secrets.grants.${line}: ${grants[line]?.find((pattern) => matches(pattern, name)) ?? "no longer"}`;
}

/**
 * A line for an agent that does not exist, or a name that no source has, is a slip of the pen: the
 * agent that was meant would get what `*` grants, or nothing.
 *
 * @param agents ids as OpenClaw writes them; undefined when they are not known
 * @param available undefined when not all names are known
 * @throws FortressError `secrets-grant-unknown`
 */
export function checkGrants(grants: Grants, agents: readonly string[] | undefined, available: ReadonlySet<string> | undefined): void {
  for (const [agent, patterns] of Object.entries(grants)) {
    if (agent !== "*" && agents !== undefined && !agents.includes(agent)) {
      throw unknown(`secrets.grants.${agent}: OpenClaw has no agent "${agent}"`, `Agents are: ${agents.join(", ")}. Correct the id, or remove the line.`);
    }
    for (const name of patterns) {
      if (name.endsWith("*") || available === undefined || available.has(name)) continue;
      throw unknown(`secrets.grants.${agent}: no source has a secret ${name}`, `Put ${name} into the secrets file or another source, correct the name, or remove it from the grant.`);
    }
  }
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function unknown(what: string, remedy: string): FortressError {
  return new FortressError("secrets-grant-unknown", `${what}.`, remedy);
}
