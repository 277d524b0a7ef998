import { isDeepStrictEqual } from "node:util";
import { readTaskCount } from "../limits/cgroup.ts";
import type { Admission } from "../limits/guard.ts";
import { planLimits } from "../limits/plan.ts";
import type { EngineId } from "../model/sandbox.ts";
import { type MountPlan, planMounts } from "../mounts/plan.ts";
import { type Core, IDLE_TASKS, type SandboxPlan, type SandboxRequest } from "./core.ts";

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

export function createCreation({ edges, resolve, guard, planned, places }: Core): Creation {
  return {
    plan(request) {
      const { config, store } = resolve();
      store.load();
      const mounts = planMounts({ ...request, layout: edges.layout, stateDir: edges.stateDir, home: edges.layout.inspect(edges.home).real, places: places(request.agentId) });
      return { request, mounts, limits: planLimits(config.limits, request.nativeLimits, edges.machine) };
    },

    async admit(engine, name, plan, since) {
      const admission = await guard(engine).admit(name, { wanted: plan.limits.limits, onFailure: resolve().config.limits.onFailure, since });
      planned.set(admission.container.name, plan);
      return admission;
    },

    busyWith(engine, name, plan) {
      const previous = planned.get(name);
      const container = guard(engine).last(name)?.container;
      if (!previous || !container || !isDeepStrictEqual(previous.request, plan.request)) return undefined;
      return (readTaskCount(edges.readKernel, container.pid) ?? 0) > IDLE_TASKS ? previous.mounts : undefined;
    },
  };
}
