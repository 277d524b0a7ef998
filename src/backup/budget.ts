/**
 * What sandboxes can write may take of one set. Any of them could make millions of files, directories or
 * bytes of names, and a manifest that is too long for its reader would stop every backup.
 */
export interface WorkspaceBudget {
  /** Whether a file of that size still fits. */
  readonly fits: (path: string, bytes: number) => boolean;
  /** Counts a file that is in the set, copied or shared. */
  readonly file: (path: string, bytes: number) => void;
  /** Counts a directory; false where none fits any more. */
  readonly directory: (path: string) => boolean;
}

export interface WorkspaceLimits {
  readonly bytes: number;
  readonly files: number;
  readonly directories: number;
  /** Bytes of all paths, as the manifest writes them. */
  readonly names: number;
}

/** Why what no longer fits is left out. */
export const OVER_BUDGET = "more than backups.workspaces allows";

/** With these, a manifest has half of its length left for what is the gateway's own. */
export const WORKSPACE_LIMITS: Omit<WorkspaceLimits, "bytes"> = { files: 200_000, directories: 200_000, names: 48 * 2 ** 20 };

export function workspaceBudget(limits: WorkspaceLimits): WorkspaceBudget {
  const left = { ...limits };
  return {
    fits: (path, bytes) => left.files > 0 && left.bytes >= bytes && left.names >= written(path),
    file(path, bytes) {
      left.files -= 1;
      left.bytes -= bytes;
      left.names -= written(path);
    },
    directory(path) {
      if (left.directories <= 0 || left.names < written(path)) return false;
      left.directories -= 1;
      left.names -= written(path);
      return true;
    },
  };
}

/** A control character in a name takes six bytes. */
function written(path: string): number {
  return Buffer.byteLength(JSON.stringify(path));
}
