import { FortressError } from "../model/errors.ts";
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

const KEY = "plugins.entries.fortress.config.backups.directory";

/**
 * Refuses a place for backups that loses them together with what they are of, or shows them to somebody.
 *
 * @throws FortressError `backup-refused`
 */
export function assertPlace({ directory, stateDir, mounted, node, uid }: PlaceFacts): void {
  const refuse = (what: string, remedy: string): never => {
    throw new FortressError("backup-refused", `${KEY}: ${directory} ${what}.`, remedy);
  };
  const elsewhere = "Choose a directory that nothing else uses, for example ~/.local/state/openclaw-backups, best on another disk.";
  if (overlaps(directory, stateDir)) refuse(`and the state directory ${stateDir} lie in one another`, elsewhere);
  for (const { path, what } of mounted) if (overlaps(directory, path)) refuse(`and ${path} (${what}), which sandboxes may see, lie in one another`, elsewhere);
  if (!node) return;
  if (node.kind !== "directory") refuse("is not a directory", elsewhere);
  if (node.uid !== uid) refuse(`belongs to uid ${node.uid}, and fortress runs as uid ${uid}`, `Run fortress as the gateway's user, or: chown ${uid} ${directory}`);
  if ((node.mode & 0o077) !== 0) refuse(`is open to others (mode ${node.mode.toString(8).padStart(4, "0")})`, `chmod 700 ${directory}`);
}

function overlaps(left: string, right: string): boolean {
  return within(left, right) || within(right, left);
}

function within(root: string, path: string): boolean {
  return path === root || path.startsWith(root === "/" ? "/" : `${root}/`);
}
