import { mkdirSync, rmSync } from "node:fs";
import { posix } from "node:path";
import type { LockdownFile, LockdownState } from "../model/lockdown.ts";
import { readRegularFile } from "./files.ts";
import { replaceFile } from "./replace.ts";

const MAX_BYTES = 4_096;

/** @param directory for the owner only; made where it is missing */
export function createLockdownFile(directory: string): LockdownFile {
  const file = posix.join(directory, "lockdown.json");
  return {
    state() {
      try {
        return understand(JSON.parse(readRegularFile(file, { maxBytes: MAX_BYTES, followLinks: false }).text)) ?? unreadable(file);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : unreadable(file);
      }
    },
    lock(state) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // A directory in its place means locked, but can't be replaced.
      rmSync(`${file}.draft`, { recursive: true, force: true });
      replaceFile(file, `${JSON.stringify(state)}\n`);
    },
    thaw: () => rmSync(file, { recursive: true, force: true }),
  };
}

function understand(value: unknown): LockdownState | undefined {
  const { since, because } = (value ?? {}) as Partial<LockdownState>;
  return typeof since === "string" && typeof because === "string" ? { since, because } : undefined;
}

/** Whoever locked it meant it; only somebody who looks may say that it is over. */
function unreadable(file: string): LockdownState {
  return { since: undefined, because: `${file} is there and can't be understood` };
}
