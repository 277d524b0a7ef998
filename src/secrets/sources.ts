import { FortressError } from "../model/errors.ts";
import type { StoreEdge } from "../model/ports.ts";
import { Secret } from "../model/secret.ts";
import { parseEnvFile } from "./env-file.ts";
import { nameProblem, valueProblem } from "./names.ts";
import type { Secrets } from "./store.ts";

/** Where secrets come from, the first wins: the order of {@link readSources}. */
export type SourceName = "file" | "credentials" | "config" | "environment";

export interface SourceConfig {
  /** Ids of systemd credentials; one that ends in `.env` is a secrets file, another is one secret of that name. */
  readonly fromCredentials: readonly string[];
  /** Names of variables of the gateway's own environment. */
  readonly fromEnvironment: readonly string[];
  /** Values as OpenClaw resolved them: a string, or what it could not resolve. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** The gateway's process, as far as secrets come from it. */
export interface Surroundings {
  /** False in the process of a command: what only the gateway has is then unseen, not missing. */
  readonly inGateway: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names below `secrets.values` that stand in the configuration in plain text. */
  readonly plaintext: readonly string[];
}

/** One source's answer: what it has, or why it cannot be asked. */
export interface Source {
  readonly source: SourceName;
  readonly secrets: Secrets;
  /** One error for each secret that could not be had. */
  readonly errors: readonly FortressError[];
  /** Keys of the configuration whose secrets only the gateway sees. */
  readonly unseen: readonly string[];
}

/** Reads every source beside the file; an error of one secret leaves the others readable. */
export function readSources(config: SourceConfig, { inGateway, environment, plaintext }: Surroundings, edge: StoreEdge): Source[] {
  const values = Object.keys(config.values);
  const seen = (name: string): boolean => inGateway || plaintext.includes(name);
  return [
    collect("credentials", inGateway ? config.fromCredentials : [], config.fromCredentials, (id) => readCredential(id, environment.CREDENTIALS_DIRECTORY, edge)),
    collect("config", values.filter(seen), values, (name) => single(name, configValue(name, config.values[name], plaintext), `secrets.values.${name}`)),
    collect("environment", inGateway ? config.fromEnvironment : [], config.fromEnvironment, (name) => single(name, environmentValue(name, environment), `secrets.fromEnvironment: ${name}`)),
  ];
}

function collect(source: SourceName, keys: readonly string[], configured: readonly string[], read: (key: string) => Secrets): Source {
  const secrets = new Map<string, Secret>();
  const errors: FortressError[] = [];
  for (const key of keys) {
    try {
      for (const [name, secret] of read(key)) {
        if (secrets.has(name)) throw invalid(`secrets: ${name} comes from two ${source}`, "Remove one of the two.");
        secrets.set(name, secret);
      }
    } catch (error) {
      if (!(error instanceof FortressError)) throw error;
      errors.push(error);
    }
  }
  return { source, secrets, errors, unseen: configured.filter((key) => !keys.includes(key)) };
}

function single(name: string, value: string, where: string): Secrets {
  const problem = nameProblem(name) ?? valueProblem(value);
  if (problem !== undefined) throw invalid(`${where} ${problem}`, "Use a name of the key's own and a value that an environment variable can hold.");
  return new Map([[name, new Secret(value)]]);
}

function environmentValue(name: string, environment: Surroundings["environment"]): string {
  const value = environment[name];
  if (value === undefined) throw invalid(`secrets.fromEnvironment: the gateway's environment has no ${name}`, "Set it in the gateway's service (openclaw fortress secrets migrate --systemd-drop-in) and restart the gateway, or remove the name.");
  return value;
}

function configValue(name: string, value: unknown, plaintext: readonly string[]): string {
  if (plaintext.includes(name)) {
    throw invalid(`secrets.values.${name} stands in the configuration in plain text`, "Put a SecretRef there ({source, provider, id}; openclaw secrets configure), or move the value to the secrets file.");
  }
  if (typeof value === "string") return value;
  throw invalid(`secrets.values.${name} is a SecretRef that OpenClaw could not resolve`, "Look at openclaw doctor, mend the provider, then run openclaw secrets reload.");
}

/** Credentials belong to the service or to root, are read-only, and closed to everybody else. Source: systemd.exec(5). */
function readCredential(id: string, directory: string | undefined, edge: StoreEdge): Secrets {
  const where = `secrets.fromCredentials: ${id}`;
  if (!directory?.startsWith("/")) throw invalid(`${where}: the gateway has no credentials directory`, "Give the gateway's service LoadCredential= or LoadCredentialEncrypted= and restart it, or remove the name.");
  const file = `${directory}/${id}`;
  let text: string;
  try {
    const node = edge.facts(file).file;
    if (node?.kind !== "file") throw invalid(`${where} is not a file in the credentials directory`, `Add LoadCredential=${id}:… to the gateway's service and restart it.`);
    if ((node.uid !== edge.uid && node.uid !== 0) || (node.mode & 0o037) !== 0) throw invalid(`${where} is open to others`, "Let systemd make the credentials directory.");
    ({ text } = edge.read(file));
  } catch (cause) {
    if (cause instanceof FortressError) throw cause;
    throw invalid(`${where} cannot be read`, "Check that it is a UTF-8 file that the gateway's user can read.", { cause });
  }
  if (id.endsWith(".env")) return parseEnvFile(text, `credential ${id}`);
  // Whoever makes one with an editor or echo leaves a line end behind.
  return single(id, text.replace(/\r?\n$/, ""), where);
}

function invalid(what: string, remedy: string, options?: { cause: unknown }): FortressError {
  return new FortressError("secrets-source-invalid", `${what}.`, remedy, options);
}
