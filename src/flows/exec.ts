import { randomBytes } from "node:crypto";
import { FortressError } from "../model/errors.ts";
import type { Container, EngineId } from "../model/sandbox.ts";
import { DELIVERY_SCRIPT, deliveryFile, deliveryText, readDelivery } from "../secrets/deliver.ts";
import { grantedNames } from "../secrets/grants.ts";
import { type ExecCall, injectSecrets } from "../secrets/inject.ts";
import { BOLT_REMEDY, findBoltState } from "../secrets/persistence.ts";
import type { Secrets } from "../secrets/store.ts";
import type { Attestation } from "./attestation.ts";
import type { Core, SandboxPlan } from "./core.ts";
import type { Creation } from "./creation.ts";
import type { Disk } from "./disk.ts";
import type { Furnishing } from "./furnish.ts";
import type { Lockdown } from "./lockdown.ts";

export interface ExecRequest extends ExecCall {
  /** Runs a script in the sandbox, with the text as its standard input. */
  readonly feed: (script: string, args: readonly string[], stdin: string) => Promise<void>;
}

export interface PreparedExec {
  readonly argv: string[];
  readonly env: NodeJS.ProcessEnv;
  /** To be called when the exec has ended, however it did; absent when nothing can be left over. */
  readonly cleanUp?: () => Promise<void>;
}

/** Adds the agent's secrets to one exec, in a container whose limits hold now and whose verdict is fresh. */
export type Exec = (engine: EngineId, containerId: string, plan: SandboxPlan, agentId: string | undefined, request: ExecRequest) => Promise<PreparedExec>;

export function createExec({ edges, resolve, guard }: Core, { admit }: Creation, { refresh }: Furnishing, lockdown: Lockdown, { assertRoom }: Pick<Disk, "assertRoom">, attestation: Pick<Attestation, "assert">): Exec {
  const deliver = async (container: Container, secrets: Secrets, { argv, env, feed }: ExecRequest): Promise<PreparedExec> => {
    const visible = edges.isVisible(container);
    const file = deliveryFile(visible ? edges.readMounts(container.pid) : undefined, randomBytes(16).toString("hex"));
    const reading = readDelivery(argv, file);
    const cleanUp = async (): Promise<void> => {
      if (edges.exists(`/proc/${container.pid}/root${file}`)) await feed('rm -f "$1"', [file], "");
    };
    try {
      await feed(DELIVERY_SCRIPT, [file], deliveryText(secrets));
    } catch (error) {
      await cleanUp();
      throw error;
    }
    return { argv: reading, env: { ...env }, cleanUp };
  };

  return async (engine, containerId, plan, agentId, request) => {
    lockdown.assertOpen();
    assertRoom(plan.request.workspace.dir);
    const { config, store } = resolve();
    refresh();
    const { container } = guard(engine).standing(containerId) ?? (await admit(engine, containerId, plan, Infinity));
    await store.settle();
    const all = store.load();
    attestation.assert(engine, container);
    const names = grantedNames(config.secrets.grants, agentId, all.keys());
    const granted = new Map(names.map((name) => [name, all.get(name)!]));
    if (names.length === 0) return injectSecrets(request, granted);
    const bolt = findBoltState(container.staticDir, edges.exists);
    if (config.secrets.delivery === "stdin" || (config.secrets.delivery === "auto" && bolt !== undefined)) return deliver(container, granted, request);
    if (bolt !== undefined) throw new FortressError("secrets-persisted-by-engine", `Podman uses its BoltDB database (${bolt}), which keeps the environment of every exec on disk.`, BOLT_REMEDY);
    return injectSecrets(request, granted);
  };
}
