import { FortressError, textOf } from "../model/errors.ts";
import type { NodeFacts, StoreEdge, StoreFacts } from "../model/ports.ts";
import type { Secret } from "../model/secret.ts";
import { parseEnvFile } from "./env-file.ts";

export type Secrets = ReadonlyMap<string, Secret>;

export interface SecretStore {
  readonly file: string;
  /**
   * The secrets as the file has them now; none when there is no file. The file is read again only
   * when it changed, so a rotated key reaches the next exec. While somebody edits it in place, the
   * last good version counts.
   *
   * @throws FortressError `secrets-store-unsafe`, `secrets-file-invalid` or `secrets-store-busy`
   */
  load(): Secrets;
  /** Waits, for a moment at most, until an edit that is going on has ended. */
  settle(): Promise<void>;
}

/** A file written in place counts once nobody wrote to it for this long. */
const QUIET_MS = 100;
/** An empty, missing or broken file is taken for a step of an edit for this long; after that it counts. */
const EDIT_MS = 3_000;
const SETTLE_TRIES = 20;
const READ_TRIES = 4;
/** File times and the clock are not read from the same hands; more than this is a clock that was set back. */
const CLOCK_SLACK_MS = 1_000;

interface Version {
  readonly version: string;
  readonly inode: string;
  readonly secrets: Secrets;
}

export function createSecretStore(file: string, edge: StoreEdge): SecretStore {
  let good: Version | undefined;
  const look = (): StoreFacts => reading(file, () => edge.facts(file));
  const changedWithin = (node: NodeFacts | undefined, period: number): boolean => {
    const age = node === undefined ? Infinity : edge.now() - node.changedMs;
    return age > -CLOCK_SLACK_MS && age < period;
  };
  /** A file that was put in place by rename is complete; one that keeps its inode may be half written. */
  const isBeingWritten = (node: NodeFacts): boolean => node.inode === good?.inode && node.version !== good.version && changedWithin(node, QUIET_MS);

  /** The content, if two reads and the looks around them agree. */
  const readStable = (): { text: string; node: NodeFacts } | undefined => {
    for (let attempt = 0; attempt < READ_TRIES; attempt += 1) {
      // There is nothing to fall back on yet: this once, the moment is waited for here.
      if (good === undefined && changedWithin(look().file, QUIET_MS)) edge.pause(QUIET_MS);
      const first = reading(file, () => edge.read(file));
      const second = reading(file, () => edge.read(file));
      const after = look();
      assertPrivate(file, after, edge.uid);
      if (first.text === second.text && first.version === second.version && after.file?.version === second.version && !(good === undefined && changedWithin(after.file, QUIET_MS))) return { text: second.text, node: after.file };
    }
    return undefined;
  };

  return {
    file,
    load() {
      const facts = look();
      if (!facts.file) {
        if (good !== undefined && good.secrets.size > 0 && changedWithin(facts.directory, EDIT_MS)) return good.secrets;
        good = undefined;
        return new Map();
      }
      assertPrivate(file, facts, edge.uid);
      if (good?.version === facts.file.version) return good.secrets;
      if (good !== undefined && isBeingWritten(facts.file)) return good.secrets;
      const stable = readStable();
      if (stable === undefined) {
        if (good !== undefined) return good.secrets;
        throw new FortressError("secrets-store-busy", `secrets: ${file} keeps changing while it is read.`, "Try again when the program that writes it has finished.");
      }
      const { node, text } = stable;
      const editing = good !== undefined && good.secrets.size > 0 && changedWithin(node, EDIT_MS);
      let secrets: Secrets;
      try {
        secrets = parseEnvFile(text);
      } catch (error) {
        if (editing) return good!.secrets;
        throw error;
      }
      if (secrets.size === 0 && editing) return good!.secrets;
      good = { version: node.version, inode: node.inode, secrets };
      return secrets;
    },
    async settle() {
      for (let attempt = 0; attempt < SETTLE_TRIES; attempt += 1) {
        const node = look().file;
        if (node === undefined || !isBeingWritten(node)) return;
        await edge.wait(QUIET_MS / 3);
      }
    },
  };
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unsafe(`${file} cannot be read (${textOf(error)})`, "Make it a regular UTF-8 file that the gateway's user can read.", { cause: error });
  }
}

/** @throws FortressError `secrets-store-unsafe` when others can reach the file or its directory */
export function assertPrivate(file: string, facts: StoreFacts, uid: number): void {
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
