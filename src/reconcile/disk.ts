import type { DiskMarks, ObservedDisk } from "../model/sandbox.ts";
import { formatSize } from "../model/units.ts";

export interface DiskVerdict {
  /** Beyond which marks it is, one sentence each. */
  readonly high: readonly string[];
  /** Why it is to stand still; undefined where it is not, or no longer. */
  readonly frozen: string | undefined;
}

/** Begins every reason for which a sandbox is paused for what it takes on the disk. */
export const DISK_REASON = "disk: ";

/**
 * Holds what a sandbox takes against the watermarks. What is unknown freezes nothing; but what was
 * frozen stays so until it is known to take less.
 *
 * @param before why it stands still now, if it does
 */
export function judgeDisk(use: ObservedDisk, { warn, freeze }: { readonly warn: DiskMarks; readonly freeze: DiskMarks }, before: string | undefined): DiskVerdict {
  const over = beyond(use, freeze, "freeze");
  const known = use.unseen === undefined && use.bytes !== undefined;
  if (over.length > 0) return { high: over, frozen: `${DISK_REASON}${over.join("; ")}` };
  return { high: beyond(use, warn, "warn"), frozen: known || Object.keys(freeze).length === 0 ? undefined : before };
}

function beyond({ bytes = 0, files = 0, log = 0, unseen }: ObservedDisk, marks: DiskMarks, level: "warn" | "freeze"): string[] {
  const atLeast = unseen === undefined ? "" : "at least ";
  return [
    ...(bytes > (marks.bytes ?? Infinity) ? [`its writable directories take ${atLeast}${formatSize(bytes)}, more than disk.${level}.size (${formatSize(marks.bytes!)})`] : []),
    ...(files > (marks.files ?? Infinity) ? [`its writable directories hold ${atLeast}${files} files, more than disk.${level}.files (${marks.files})`] : []),
    ...(log > (marks.log ?? Infinity) ? [`its log takes ${formatSize(log)}, more than disk.${level}.log (${formatSize(marks.log!)})`] : []),
  ];
}
