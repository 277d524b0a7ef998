import { chmod, lstat, mkdir } from "node:fs/promises";

/** Survives runs and reboots, so that the sandbox image is built once. */
export async function cacheFolder(): Promise<string> {
  return ownFolder(`/var/tmp/openclaw-fortress-test-${uid()}`);
}

/** The same for what the unprivileged user of rootless engines runs as well. */
export async function sharedCacheFolder(): Promise<string> {
  return ownFolder(`/var/tmp/openclaw-fortress-hosts-${uid()}`, 0o755);
}

/** Emptied by a reboot: containers recorded here as running would otherwise seem to outlive it. */
export async function runFolder(): Promise<string> {
  return ownFolder(uid() === 0 ? "/run/openclaw-fortress-test" : `/tmp/openclaw-fortress-test-${uid()}`);
}

/**
 * Creates the folder, by default open to its owner only. The parents are open to everyone: a folder that
 * somebody else put at this path first must not become our container storage.
 */
async function ownFolder(path: string, mode = 0o700): Promise<string> {
  await mkdir(path, { recursive: true, mode });
  const stat = await lstat(path);
  if (!stat.isDirectory() || stat.uid !== uid()) throw new Error(`${path} is not a folder of user ${uid()}; remove it`);
  await chmod(path, mode);
  return path;
}

function uid(): number {
  return process.getuid?.() ?? 0;
}
