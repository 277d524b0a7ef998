import { posix } from "node:path";

/**
 * The BoltDB state file that makes Podman keep the environment of an exec on disk after it ended,
 * or undefined when the container's engine has none. Podman uses BoltDB wherever this file exists,
 * unless containers.conf says otherwise.
 *
 * @param staticDir `<graphroot>/<driver>-containers/<id>/userdata`, from `podman inspect`
 */
export function findBoltState(staticDir: string | undefined, exists: (path: string) => boolean): string | undefined {
  if (staticDir === undefined) return undefined;
  const file = posix.join(staticDir, "../../../libpod/bolt_state.db");
  return exists(file) ? file : undefined;
}
