import type { Config } from "./config/resolve.ts";
import { createCore, type Edges } from "./flows/core.ts";
import { type Creation, createCreation } from "./flows/creation.ts";
import { createExec, type Exec } from "./flows/exec.ts";
import { createSecretsFlow, type SecretsFlow } from "./flows/secrets.ts";
import { createStatus, type Status } from "./flows/status.ts";

export interface Fortress extends Creation {
  /** @throws FortressError `config-invalid` */
  config(): Config;
  readonly exec: Exec;
  readonly secrets: SecretsFlow;
  readonly status: Status;
}

/** Wires the flows once. Fails nowhere itself: a wrong configuration refuses each sandbox instead. */
export function createFortress(rawConfig: unknown, edges: Edges): Fortress {
  const core = createCore(rawConfig, edges);
  const creation = createCreation(core);
  return {
    config: () => core.resolve().config,
    ...creation,
    exec: createExec(core, creation),
    secrets: createSecretsFlow(core),
    status: createStatus(core),
  };
}
