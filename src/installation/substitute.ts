type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Puts the environment's values for `${NAME}` in every string, and `${NAME}` for `$${NAME}`. A name
 * that is not set stays as it is written. Source: OpenClaw's `config/env-substitution`.
 */
export function substitute(value: unknown, env: Environment): unknown {
  if (typeof value === "string") return value.replace(/\$(\$?)\{([A-Z_][A-Z0-9_]*)\}/g, (written, escaped, name: string) => (escaped === "$" ? written.slice(1) : (env[name] ?? written)));
  if (Array.isArray(value)) return value.map((each) => substitute(each, env));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, substitute(each, env)]));
}

/** What the configuration itself puts into the environment, below what is there already. */
export function configuredEnvironment({ env }: { readonly env?: unknown }): Record<string, string> {
  const { vars, shellEnv: _, ...others } = (typeof env === "object" && env !== null ? env : {}) as Record<string, unknown>;
  const strings = (from: unknown): [string, string][] => Object.entries(from ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries([...strings(vars), ...strings(others)]);
}
