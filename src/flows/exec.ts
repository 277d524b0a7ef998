import { FortressError } from "../model/errors.ts";
import type { EngineId } from "../model/sandbox.ts";
import { grantedNames } from "../secrets/grants.ts";
import { type ExecCall, injectSecrets } from "../secrets/inject.ts";
import { findBoltState } from "../secrets/persistence.ts";
import type { Core, SandboxPlan } from "./core.ts";
import type { Creation } from "./creation.ts";
import type { Furnishing } from "./furnish.ts";

/** Adds the agent's secrets to one exec, in a container whose limits hold now. */
export type Exec = (engine: EngineId, containerId: string, plan: SandboxPlan, agentId: string | undefined, call: ExecCall) => Promise<{ argv: string[]; env: NodeJS.ProcessEnv }>;

export function createExec({ edges, resolve, guard }: Core, { admit }: Creation, { refresh }: Furnishing): Exec {
  return async (engine, containerId, plan, agentId, call) => {
    const { config, store } = resolve();
    refresh();
    const admission = guard(engine).standing(containerId) ?? (await admit(engine, containerId, plan, Infinity));
    const all = store.load();
    const names = grantedNames(config.secrets.grants, agentId, all.keys());
    const bolt = names.length > 0 ? findBoltState(admission.container.staticDir, edges.exists) : undefined;
    if (bolt !== undefined) {
      throw new FortressError(
        "secrets-persisted-by-engine",
        `Podman uses its BoltDB database (${bolt}), which keeps the environment of every exec on disk.`,
        "Move Podman to its SQLite database (podman system migrate --migrate-db from 5.8 on, podman system reset before), or grant this agent no secrets.",
      );
    }
    return injectSecrets(call, new Map(names.map((name) => [name, all.get(name)!])));
  };
}
