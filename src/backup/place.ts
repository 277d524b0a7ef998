import { FortressError } from "../model/errors.ts";
import { overlaps } from "../model/paths.ts";
import type { NodeFacts } from "../model/ports.ts";

export interface PlaceFacts {
  /** Canonical. */
  readonly directory: string;
  readonly stateDir: string;
  /** What sandboxes see or may see, canonical, each with what it is. */
  readonly mounted: readonly { readonly path: string; readonly what: string }[];
  /** What is there; undefined where nothing is. */
  readonly node: NodeFacts | undefined;
  readonly uid: number;
}

const KEY = "plugins.entries.fortress.config.backups";
const ELSEWHERE = "Choose a directory that nothing else uses, for example ~/.local/state/openclaw-backups, best on another disk.";

/**
 * Refuses a place for backups that loses them together with what they are of, or shows them to somebody.
 *
 * @throws FortressError `backup-refused`
 */
export function assertPlace(facts: PlaceFacts): void {
  const { directory, node, uid } = facts;
  const refuse = (what: string, remedy: string): never => {
    throw new FortressError("backup-refused", `${KEY}.directory: ${directory} ${what}.`, remedy);
  };
  assertApart("directory", facts);
  if (!node) return;
  if (node.kind !== "directory") refuse("is not a directory", ELSEWHERE);
  if (node.uid !== uid) refuse(`belongs to uid ${node.uid}, and fortress runs as uid ${uid}`, `Run fortress as the gateway's user, or: chown ${uid} ${directory}`);
  if ((node.mode & 0o077) !== 0) refuse(`is open to others (mode ${node.mode.toString(8).padStart(4, "0")})`, `chmod 700 ${directory}`);
}

/**
 * The same of the directory that sets are copied to; who may read there is the operator's business.
 *
 * @throws FortressError `backup-refused`
 */
export function assertElsewhere(facts: PlaceFacts): void {
  assertApart("afterwards", facts);
}

function assertApart(key: "directory" | "afterwards", { directory, stateDir, mounted }: PlaceFacts): void {
  const other = [{ path: stateDir, what: "the state directory" }, ...mounted.map(({ path, what }) => ({ path, what: `${what}, which sandboxes may see` }))].find(({ path }) => overlaps(directory, path));
  if (other) throw new FortressError("backup-refused", `${KEY}.${key}: ${directory} and ${other.path} (${other.what}) lie in one another.`, ELSEWHERE);
}
