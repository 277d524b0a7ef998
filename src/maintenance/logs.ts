import { formatSize } from "../model/units.ts";

export interface LogFacts {
  /** Bytes after which OpenClaw begins a new file. */
  readonly maxFileBytes: number;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** OpenClaw rotates before a write would exceed the size; one record may be long. */
const TOLERANCE = 1.1;
/** Archives that OpenClaw keeps beside the active file. */
const ARCHIVES = 5;
/** With the archives this is more than most disks have to spare. */
const MOST_PER_FILE = 2 ** 30;

/** Where OpenClaw's own log is not bounded, one sentence each. */
export function judgeLogs({ maxFileBytes, files }: LogFacts): string[] {
  const bound = Math.min(maxFileBytes, MOST_PER_FILE);
  return [
    ...(maxFileBytes > MOST_PER_FILE ? [`logging.maxFileBytes lets OpenClaw's log grow to ${formatSize(maxFileBytes)}, ${ARCHIVES + 1} times`] : []),
    ...files.filter(({ bytes }) => bytes > bound * TOLERANCE).map(({ path, bytes }) => `${path} has ${formatSize(bytes)} and is not rotated at ${formatSize(bound)}`),
  ];
}
