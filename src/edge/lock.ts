import { readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import lockfile from "proper-lockfile";
import { processIdentity } from "./kernel.ts";

/** A holder that lives says so this often; one that has not for {@link STALE_MS} may be dead. */
const UPDATE_MS = 1_000;
const STALE_MS = 5_000;
const RETRY_MS = 50;

export class LockBusy extends Error {}

/**
 * Runs `action` while no other process does under the same path. What a dead process left locked is
 * taken over when its lock has aged and nobody with its pid, start time and boot lives: a holder that
 * was only stopped keeps it.
 *
 * @param path stands beside what is locked; `<path>.lock` and `<path>.owner` are made
 * @param action is told by `held()` whether the lock is still its own
 * @throws LockBusy when it is not free in time
 */
export async function withLock<T>(path: string, deadlineMs: number, action: (held: () => boolean) => T | Promise<T>): Promise<T> {
  const owner = `${path}.owner`;
  const giveUp = performance.now() + deadlineMs;
  let held = false;
  for (;;) {
    const release = await attempt(path, () => (held = false));
    if (release) {
      held = true;
      try {
        writeFileSync(owner, identity(process.pid), { mode: 0o600 });
        return await action(() => held);
      } finally {
        if (held) {
          // Before the lock: who dies between the two leaves nothing that says he lives.
          rmSync(owner, { force: true });
          await release().catch(() => {});
        }
      }
    }
    if (performance.now() > giveUp) throw new LockBusy(`${path} is locked by process ${readText(owner) ?? "unknown"}`);
    await wait(RETRY_MS * (0.5 + Math.random()));
  }
}

async function attempt(path: string, onCompromised: () => void): Promise<(() => Promise<void>) | undefined> {
  const owner = readText(`${path}.owner`);
  // The library goes by age alone. Age says nothing of a holder that is stopped or a machine that slept.
  const alive = owner !== undefined && identity(Number(owner.split(" ")[0])) === owner;
  try {
    return await lockfile.lock(path, { realpath: false, stale: alive ? Number.MAX_SAFE_INTEGER : STALE_MS, update: UPDATE_MS, onCompromised });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ELOCKED") return undefined;
    throw error;
  }
}

/** Tells a process from every other, also after a restart of the machine or in another pid namespace. */
function identity(pid: number): string {
  return [pid, processIdentity(pid), readText("/proc/sys/kernel/random/boot_id"), readLink("/proc/self/ns/pid")].join(" ");
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
