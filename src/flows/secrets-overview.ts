import { grantedNames } from "../secrets/grants.ts";
import type { SourceName } from "../secrets/sources.ts";
import type { Core } from "./core.ts";

export interface SecretEntry {
  readonly name: string;
  readonly source: SourceName;
  /** False for a secret that only the gateway sees: it is configured, but was not looked at. */
  readonly seen: boolean;
  /** Ids of the agents whose commands get it. */
  readonly agents: readonly string[];
}

export interface SecretsOverview {
  readonly file: string;
  readonly entries: readonly SecretEntry[];
  /** What is wrong: sandboxes are refused until it is mended. */
  readonly errors: readonly { readonly code: string; readonly message: string; readonly remedy: string }[];
  readonly notes: readonly string[];
}

/** Names, sources and grants; never a value. */
export function createOverview({ edges, resolve }: Core): () => SecretsOverview {
  return () => {
    const { config, store } = resolve();
    const { secrets, sources, errors, findings, unseen } = store.inventory();
    const agents = edges.secrets.agents() ?? [];
    const grantedTo = (name: string): string[] => agents.filter((agent) => grantedNames(config.secrets.grants, agent, [name]).length > 0);
    const names = [...[...secrets.keys()].map((name) => ({ name, source: sources.get(name)!, seen: true })), ...unseen.map(({ key, source }) => ({ name: key, source, seen: false })).filter(({ name }) => !secrets.has(name))];
    const entries = names.map((each) => ({ ...each, agents: grantedTo(each.name) })).sort((left, right) => (left.name < right.name ? -1 : 1));
    return {
      file: config.secrets.file,
      entries,
      errors: errors.map(({ code, message, remedy }) => ({ code, message, remedy })),
      notes: [
        ...findings.map(({ detail, remedy }) => `${detail} ${remedy}`),
        ...entries.filter((each) => each.agents.length === 0).map(({ name }) => `${name} is granted to no agent.`),
        ...idlePatterns(config.secrets.grants, names.map(({ name }) => name)),
      ],
    };
  };
}

function idlePatterns(grants: Readonly<Record<string, readonly string[]>>, names: readonly string[]): string[] {
  return Object.entries(grants).flatMap(([agent, patterns]) =>
    patterns.filter((pattern) => pattern !== "*" && pattern.endsWith("*") && grantedNames({ "*": [pattern] }, "", names).length === 0).map((pattern) => `secrets.grants.${agent}: ${pattern} matches no secret.`),
  );
}
