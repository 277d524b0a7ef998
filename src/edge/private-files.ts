import { chmodSync, closeSync, constants, fsyncSync, linkSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { posix } from "node:path";

/** Writes what only its owner may read. */
export interface PrivateFiles {
  /** Makes the directory, missing parents too, for the owner only; one that is there gets the mode. */
  directory(path: string, mode: number): void;
  mode(path: string, mode: number): void;
  /**
   * Puts a complete file in place, or none: written beside it, synced, renamed.
   * @param exclusive fails when there is one already, also one that came meanwhile
   */
  replace(path: string, text: string, options: { readonly exclusive: boolean }): void;
  remove(path: string): void;
}

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_DIRECTORY } = constants;

export const privateFiles: PrivateFiles = {
  directory(path, mode) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, mode);
  },
  mode: chmodSync,
  replace(path, text, { exclusive }) {
    // The same name for every run: it is the lock, too.
    const draft = `${path}.new`;
    const fd = openSync(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    try {
      try {
        const bytes = Buffer.from(text);
        for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      if (exclusive) linkSync(draft, path);
      else renameSync(draft, path);
    } catch (error) {
      unlinkSync(draft);
      throw error;
    }
    if (exclusive) unlinkSync(draft);
    syncDirectory(posix.dirname(path));
  },
  remove(path) {
    unlinkSync(path);
    syncDirectory(posix.dirname(path));
  },
};

function syncDirectory(path: string): void {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
