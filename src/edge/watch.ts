import { watch } from "node:fs";

/**
 * Calls back with the name of each file of a directory that changes, until the returned function is
 * called. A directory that cannot be watched is none: whoever needs to know looks for itself, too.
 */
export function watchDirectory(path: string, changed: (name: string) => void): () => void {
  try {
    const watcher = watch(path, { persistent: false }, (_, name) => name !== null && changed(name));
    // The directory went away: there is nothing left to tell.
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}
