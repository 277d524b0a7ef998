import { closeSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyBytes, hashFile, makeDirectory, openRegular, syncTree } from "./backup-files.ts";
import { runProcess } from "./process.ts";

const MAX_SAID = 300;

/**
 * Takes a published set elsewhere: by a command, which gets its path as last argument, or by copying it
 * into a directory. Rejects with what went wrong; the set itself is not touched.
 *
 * @param mask what may be kept of what a program complains of: it may quote a key of its own
 */
export async function takeElsewhere(what: string | readonly string[], path: string, name: string, deadlineMs: number, signal: AbortSignal, mask: (said: string) => Promise<string>): Promise<void> {
  if (typeof what === "string") return copySet(path, join(what, name), signal);
  const [command, ...args] = what;
  const { code, stderr, timedOut, missing } = await runProcess(command!, [...args, path], { deadlineMs, signal });
  if (missing) throw new Error(`${command} is not installed.`);
  if (timedOut) throw new Error(`${command} did not end in time.`);
  if (code !== 0) throw new Error(`${command} ended with ${code ?? "a signal"}: ${(await mask(stderr.trim())).slice(-MAX_SAID)}`);
}

/** Complete under its name, or not there. */
async function copySet(from: string, to: string, signal: AbortSignal): Promise<void> {
  const draft = `${to}.partial`;
  rmSync(draft, { recursive: true, force: true });
  try {
    await copyTree(from, draft, signal);
    syncTree(draft);
    renameSync(draft, to);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

async function copyTree(from: string, to: string, signal: AbortSignal): Promise<void> {
  makeDirectory(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target, signal);
    else await copyFile(source, target, signal);
  }
}

async function copyFile(from: string, to: string, signal: AbortSignal): Promise<void> {
  const fd = openRegular(from);
  try {
    const copied = await copyBytes(fd, to, Number.MAX_SAFE_INTEGER, signal);
    if ((await hashFile(to, signal)).sha256 !== copied.sha256) throw new Error(`${to} holds other bytes than were written.`);
  } finally {
    closeSync(fd);
  }
}
