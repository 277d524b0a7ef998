import { createHash, randomUUID } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { FortressError, textOf } from "../model/errors.ts";

/**
 * Makes sure that the profile is on disk, for the engine to read as the gateway's user. Its path,
 * which is part of OpenClaw's config hash, depends on the text alone.
 *
 * @throws FortressError `posture-not-applied`
 */
export function writeProfile(stateDir: string, text: string): string {
  const path = posix.join(stateDir, "fortress/seccomp", `${createHash("sha256").update(text).digest("hex").slice(0, 32)}.json`);
  try {
    if (isWritten(path, text)) return path;
    const folder = posix.dirname(path);
    for (const each of [posix.dirname(folder), folder]) {
      mkdirSync(each, { recursive: true, mode: 0o700 });
      chmodSync(each, 0o700);
    }
    const draft = `${path}.${randomUUID()}`;
    writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
    renameSync(draft, path);
    return path;
  } catch (cause) {
    throw new FortressError("posture-not-applied", `the seccomp profile ${path} cannot be written (${textOf(cause)}).`, "Make the state directory writable for the gateway's user.", { cause });
  }
}

/** A file of the right name with another content was changed by somebody. */
function isWritten(path: string, text: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size === Buffer.byteLength(text) && readFileSync(path, "utf8") === text;
}
