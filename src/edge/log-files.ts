import { lstatSync, readdirSync } from "node:fs";
import { posix } from "node:path";

export interface LogFile {
  readonly path: string;
  /** As its length says; what it takes may be less. */
  readonly bytes: number;
}

/** Regular files at some paths, and directly below those that are directories, with the given ending. Opens none. */
export function listLogFiles(paths: readonly string[], ending = ".log"): LogFile[] {
  return paths.flatMap((path) => {
    const stats = statsOf(path);
    if (stats?.isFile()) return [{ path, bytes: stats.size }];
    if (!stats?.isDirectory()) return [];
    return namesIn(path)
      .filter((name) => name.endsWith(ending))
      .flatMap((name) => {
        const file = posix.join(path, name);
        const found = statsOf(file);
        return found?.isFile() ? [{ path: file, bytes: found.size }] : [];
      });
  });
}

function statsOf(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
