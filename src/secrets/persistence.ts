import { posix } from "node:path";
import type { Finding } from "../model/finding.ts";

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

export const BOLT_REMEDY =
  'Move Podman to its SQLite database (podman system migrate --migrate-db from 5.8 on, podman system reset before) and change the keys that it has seen. Until then leave secrets.delivery at "auto" or set it to "stdin", or grant this agent no secrets.';

/** What the status says of a sandbox whose engine has such a file. */
export function persistenceFindings(container: string, bolt: string | undefined, delivery: "auto" | "env" | "stdin"): Finding[] {
  if (bolt === undefined) return [];
  const refused = delivery === "env";
  const how = refused ? "Commands with secrets are refused" : "Secrets are handed over by standard input instead, one engine call more for each command";
  return [{ id: "secrets.engine-persists", severity: refused ? "critical" : "warn", detail: `${container}: Podman keeps the environment of every exec on disk (${bolt}). ${how}.`, remedy: BOLT_REMEDY }];
}
