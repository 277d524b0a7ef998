import { chmodSync, closeSync, constants, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import type { Folders } from "../model/ports.ts";
import { readRegularFile, versionOf } from "./files.ts";

/** More than any configuration; keeps a mistaken path from filling the gateway's memory. */
const MAX_BYTES = 8 * 2 ** 20;

/** Folders below `root`, which nobody but the gateway's user may enter. */
export function createFolders(root: string): Folders {
  const make = (path: string): void => {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    // A container's user need not be the gateway's; the umask may be stricter than what is asked for.
    if (mkdirSync(path, { recursive: true, mode: 0o755 }) === undefined) return;
    for (let each = path; each !== root && each.startsWith(`${root}/`); each = posix.dirname(each)) chmodSync(each, 0o755);
  };
  return {
    make,
    replace(path, text) {
      make(posix.dirname(path));
      // Beside the folder and not in it: what is mounted never shows the draft.
      const draft = posix.join(root, `.draft-${process.pid}`);
      const fd = openSync(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW, 0o600);
      try {
        writeFileSync(fd, text);
        fsyncSync(fd);
      } catch (error) {
        rmSync(draft, { force: true });
        throw error;
      } finally {
        closeSync(fd);
      }
      chmodSync(draft, 0o644);
      renameSync(draft, path);
    },
    version(path) {
      const stats = statSync(path, { throwIfNoEntry: false });
      return stats && versionOf(stats);
    },
    read: (path) => readRegularFile(path, { maxBytes: MAX_BYTES, followLinks: true }),
  };
}
