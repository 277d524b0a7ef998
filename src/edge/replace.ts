import { closeSync, constants, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { posix } from "node:path";

/**
 * Puts a complete file, for its owner only, in place of another, at once and for good: what is
 * there after a crash is the one or the other. For callers that are alone: there is one draft.
 */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.draft`;
  synced(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, (fd) => writeFileSync(fd, text));
  renameSync(draft, path);
  synced(posix.dirname(path), constants.O_RDONLY | constants.O_DIRECTORY, () => {});
}

function synced(path: string, flags: number, write: (fd: number) => void): void {
  const fd = openSync(path, flags, 0o600);
  try {
    write(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
