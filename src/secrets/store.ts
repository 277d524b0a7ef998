import { FortressError } from "../model/errors.ts";
import type { NodeFacts, StoreEdge, StoreFacts } from "../model/ports.ts";
import type { Secret } from "../model/secret.ts";
import { parseEnvFile } from "./env-file.ts";

export interface SecretStore {
  readonly file: string;
  /**
   * The secrets as the file has them now; none when there is no file. The file is read again only
   * when it changed, so a rotated key reaches the next exec.
   *
   * @throws FortressError `secrets-store-unsafe` or `secrets-file-invalid`
   */
  load(): ReadonlyMap<string, Secret>;
}

export function createSecretStore(file: string, edge: StoreEdge): SecretStore {
  let cached: { version: string; secrets: ReadonlyMap<string, Secret> } | undefined;
  return {
    file,
    load() {
      const facts = reading(file, () => edge.facts(file));
      if (!facts.file) return new Map();
      assertPrivate(file, facts, edge.uid);
      if (cached?.version === facts.file.version) return cached.secrets;
      const { text, version } = reading(file, () => edge.read(file));
      cached = { version, secrets: parseEnvFile(text) };
      return cached.secrets;
    },
  };
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unsafe(`${file} cannot be read (${error instanceof Error ? error.message : String(error)})`, "Make it a regular file that the gateway's user can read.", { cause: error });
  }
}

function assertPrivate(file: string, facts: StoreFacts, uid: number): void {
  const directory = file.replace(/\/[^/]*$/, "");
  check(directory, facts.directory, "directory", 0o700, uid);
  check(file, facts.file, "file", 0o600, uid);
}

function check(path: string, node: NodeFacts | undefined, kind: "file" | "directory", mode: number, uid: number): void {
  const octal = mode.toString(8).padStart(4, "0");
  if (node?.kind !== kind) {
    throw unsafe(`${path} is not a regular ${kind}`, `Replace it by a ${kind} of your own with mode ${octal}; links are not followed.`);
  }
  if (node.uid !== uid) throw unsafe(`${path} belongs to uid ${node.uid}, not to the gateway's uid ${uid}`, `chown ${uid} ${path}`);
  if ((node.mode & ~mode & 0o7777) !== 0) {
    throw unsafe(`${path} has mode ${node.mode.toString(8).padStart(4, "0")}; others may read or change it`, `chmod ${octal} ${path}`);
  }
}

function unsafe(what: string, remedy: string, options?: { cause: unknown }): FortressError {
  return new FortressError("secrets-store-unsafe", `secrets: ${what}.`, remedy, options);
}
