import { isDeepStrictEqual } from "node:util";
import { profileOf } from "../config/mounts-section.ts";
import type { Admission } from "../limits/guard.ts";
import { planLimits } from "../limits/plan.ts";
import { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import { CONFIG_HASH, type Container, type EngineId } from "../model/sandbox.ts";
import { type MountPlan, planMounts } from "../mounts/plan.ts";
import { type Core, recreateCommand, type SandboxPlan, type SandboxRequest } from "./core.ts";
import type { Disk } from "./disk.ts";

export interface Creation {
  /**
   * Decides what a sandbox may see and use, before anything is created.
   * @throws FortressError when the configuration, the secrets store, the workspace or a bind forbids it
   */
  plan(request: SandboxRequest): SandboxPlan;
  /**
   * Makes the limits of a created sandbox hold and reads them back.
   * @param since when OpenClaw began to create it, milliseconds since the epoch
   */
  admit(engine: EngineId, name: string, plan: SandboxPlan, since: number): Promise<Admission>;
  /**
   * The mounts that a sandbox has now, when a command still runs in it and the same request led to
   * them: they are as allowed as the new ones, and recreating the sandbox would kill the command.
   */
  busyWith(engine: EngineId, name: string, plan: SandboxPlan): MountPlan | undefined;
}

export function createCreation({ edges, resolve, guard, planned, places, mountsOf, isBusy }: Core, { assertRoom }: Pick<Disk, "assertRoom">): Creation {
  /**
   * Between the plan and the mount an agent with another sandbox on the same workspace may put a link
   * in place of a directory. What is really mounted is known only now, before the first exec.
   */
  const assertMounts = async (engine: EngineId, container: Container, { request }: SandboxPlan): Promise<void> => {
    const exposed = mountsOf(container, request.agentId)?.exposed ?? [];
    if (exposed.length === 0) return;
    await edges.engine(engine).remove(container.id);
    throw new FortressError("mount-refused", `${container.name} was removed: ${exposed.join("; ")}.`, "Look in the workspace for links that replaced directories, and remove them.");
  };

  return {
    plan(request) {
      const { config, store } = resolve();
      store.load();
      assertRoom(request.workspace.dir);
      const mounts = planMounts({
        ...request,
        layout: edges.layout,
        stateDir: edges.stateDir,
        home: edges.layout.inspect(edges.home).real,
        places: places(request.agentId),
        hostMounts: edges.readMounts("self") ?? [],
        profile: profileOf(config.mounts, request.agentId),
      });
      return { request, mounts, limits: planLimits(config.limits, request.nativeLimits, edges.machine) };
    },

    async admit(engine, name, plan, since) {
      const admission = await guard(engine).admit(name, { wanted: plan.limits.limits, onFailure: resolve().config.limits.onFailure, since });
      await assertMounts(engine, admission.container, plan);
      planned.set(admission.container.name, { ...plan, configHash: admission.container.labels[CONFIG_HASH] });
      return admission;
    },

    busyWith(engine, name, plan) {
      const previous = planned.get(name);
      const container = guard(engine).last(name)?.container;
      if (!previous || !container || !isDeepStrictEqual(previous.request, plan.request)) return undefined;
      if (!isBusy(container)) return undefined;
      return { ...previous.mounts, findings: [...previous.mounts.findings.filter(({ id }) => id !== PENDING), pending(name, plan.request.agentId)] };
    },
  };
}

const PENDING = "mounts.pending";

function pending(name: string, agentId: string | undefined): Finding {
  return {
    id: PENDING,
    severity: "warn",
    detail: `${name} keeps its former mounts, because a command runs in it.`,
    remedy: `The first turn that finds it idle recreates it; to do it now and end the command: ${recreateCommand(agentId)}`,
  };
}
