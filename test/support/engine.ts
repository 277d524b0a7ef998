import { execa } from "execa";
import { asUser } from "./user.ts";
import type { RootlessUser } from "./user.ts";

/** A working Podman with a store of its own, for one user. */
export interface Engine {
  readonly version: string;
  /** Environment that points every podman process at this engine's store and settings. */
  readonly env: Readonly<Record<string, string>>;
  /** The unprivileged user of a rootless engine. */
  readonly user: RootlessUser | undefined;
  /** Runs `podman <args>` as the engine's user and returns its standard output. */
  podman(args: readonly string[], options?: { inputFile?: string }): Promise<string>;
}

export async function createEngine(env: Readonly<Record<string, string>>, user?: RootlessUser, wanted = "sqlite"): Promise<Engine> {
  const podman: Engine["podman"] = async (args, options = {}) => {
    // The caller's own folder may be closed to the unprivileged user.
    const { stdout } = await execa({ ...options, cwd: "/", env })`${asUser(user, ["podman", ...args])}`;
    return stdout;
  };
  const backend = await podman(["info", "--format", "{{.Host.DatabaseBackend}}"]);
  // BoltDB keeps the environment of every exec on disk, which hides what the tests look for.
  if (backend !== wanted) throw new Error(`The test store uses the ${backend} state backend instead of ${wanted}; remove it`);
  return { version: await podman(["version", "--format", "{{.Client.Version}}"]), env, user, podman };
}
