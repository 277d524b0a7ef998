/** What `lstat` says of a file and, for a database, of what lies beside it. */
export interface SourceStats {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** Nanoseconds since the epoch. */
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** Clocks of file systems tick in milliseconds, some in seconds: what changed so recently may change again within the same tick. */
const RACY_NS = 2_000_000_000n;

/**
 * Tells whether files are what they were: the same text means that nobody wrote to them, for a change
 * of content always changes ctime. Taken before they are read.
 *
 * @param now nanoseconds since the epoch, by the clock of the files
 * @returns undefined where a change might go unnoticed
 */
export function sourceSignature(stats: readonly (SourceStats | undefined)[], now: bigint): string | undefined {
  if (stats.some((each) => each !== undefined && (now - each.ctimeNs < RACY_NS || now - each.mtimeNs < RACY_NS))) return undefined;
  return stats.map((each) => (each === undefined ? "-" : [each.dev, each.ino, each.size, each.mtimeNs, each.ctimeNs].join(":"))).join(" ");
}
