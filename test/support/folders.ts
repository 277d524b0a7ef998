import { chmod, lstat, mkdir } from "node:fs/promises";

/** Survives runs and reboots, so that the sandbox image is built once. */
export async function cacheFolder(): Promise<string> {
  return ownFolder(`/var/tmp/openclaw-fortress-test-${uid()}`);
}

/** Emptied by a reboot: containers recorded here as running would otherwise seem to outlive it. */
export async function runFolder(): Promise<string> {
  return ownFolder(uid() === 0 ? "/run/openclaw-fortress-test" : `/tmp/openclaw-fortress-test-${uid()}`);
}

/**
 * Creates the folder, open to its owner only. The parents are open to everyone: a folder that
 * somebody else put at this path first must not become our container storage.
 */
async function ownFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const stat = await lstat(path);
  if (!stat.isDirectory() || stat.uid !== uid()) throw new Error(`${path} is not a folder of user ${uid()}; remove it`);
  await chmod(path, 0o700);
  return path;
}

function uid(): number {
  return process.getuid?.() ?? 0;
}
