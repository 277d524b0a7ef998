import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { privateFiles } from "./private-files.ts";
import { readKernelFile } from "./kernel.ts";

/** A small file of a private directory that several processes read and write. */
export interface CounterFile {
  /** Undefined when there is none. */
  read(): string | undefined;
  write(text: string): void;
  /** Runs the action while no other process does; undefined, and nothing done, when one does. */
  exclusively<T>(action: () => Promise<T>): Promise<T | undefined>;
}

/**
 * @param waitMs for how long `exclusively` waits for another process
 * @throws Error when the directory belongs to somebody else
 */
export function counterFile(path: string, waitMs = 0): CounterFile {
  const prepare = (): void => {
    const directory = dirname(path);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid } = statSync(directory);
    if (process.getuid && uid !== process.getuid()) throw new Error(`${directory} belongs to uid ${uid}`);
  };
  return {
    read() {
      try {
        return readFileSync(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        // A directory, or bytes without permission: there was something, and what it said is lost.
        return "";
      }
    },
    write(text) {
      prepare();
      rmSync(`${path}.new`, { force: true });
      privateFiles.replace(path, text, { exclusive: false });
    },
    async exclusively(action) {
      prepare();
      const { LockBusy, withLock } = await import("./lock.ts");
      try {
        return await withLock(path, waitMs, action);
      } catch (error) {
        if (error instanceof LockBusy) return undefined;
        throw error;
      }
    },
  };
}

/** Tells one boot of the machine from the next; the same for all its processes. */
export function bootId(): string {
  return readKernelFile("/proc/sys/kernel/random/boot_id")?.trim() ?? "unknown";
}

/** Milliseconds of CLOCK_MONOTONIC, which is never set and which systemd's own times are of. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
