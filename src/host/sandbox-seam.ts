import * as sdk from "openclaw/plugin-sdk/sandbox";
import type { CreateParams, Factory, Handle } from "openclaw/plugin-sdk/sandbox";
import type { SandboxPlan, SandboxRequest } from "../flows/core.ts";
import type { ExecRequest } from "../flows/exec.ts";
import type { Fortress } from "../fortress.ts";
import { describeError, FortressError } from "../model/errors.ts";
import { agentOf, type EngineId } from "../model/sandbox.ts";
import { applyPosture, postureRequestOf, withoutProfile } from "./posture-seam.ts";

/** Marks our wrapper and leads to the factory below it: a reload must not wrap a wrapper. */
const BASE = Symbol.for("openclaw-fortress.base");

const ENGINES: readonly EngineId[] = ["podman", "docker"];

export interface SeamEdge {
  readonly fortress: Pick<Fortress, "plan" | "posture" | "furnish" | "admit" | "attestation" | "busyWith" | "exec" | "lockdown" | "quarantine"> & { readonly watch: Pick<Fortress["watch"], "making"> };
  readonly now: () => number;
  readonly removeContainer: (engine: EngineId, name: string) => Promise<void>;
  /** Where an engine keeps images and containers. */
  readonly storageOf: (engine: EngineId) => Promise<readonly string[]>;
  /** How many agents the gateway has. */
  readonly agentCount: () => number;
  /** Engine for the backend id `fortress`. */
  readonly chooseEngine: () => EngineId;
}

/** True when this OpenClaw lets a plugin stand before its sandbox backends. */
export function hasSeam(): boolean {
  return (
    typeof sdk.registerSandboxBackend === "function" &&
    typeof sdk.getSandboxBackendFactory === "function" &&
    ENGINES.some((engine) => typeof sdk.getSandboxBackendFactory?.(engine) === "function")
  );
}

/**
 * Stands before the built-in `podman` and `docker` backends under their own ids, and offers the id
 * `fortress`, which fails closed when the plugin is missing. Call it in registration mode `full`
 * only: OpenClaw evaluates a plugin twice per gateway.
 *
 * @returns what undoes it
 */
export function installSeam(edge: SeamEdge): () => void {
  const undo: (() => void)[] = [];
  const bases = new Map<EngineId, Factory>();
  for (const engine of ENGINES) {
    const current = sdk.getSandboxBackendFactory!(engine) as (Factory & { [BASE]?: Factory }) | null;
    if (!current) continue;
    const base = current[BASE] ?? current;
    bases.set(engine, base);
    undo.push(register(engine, Object.assign(hardened(engine, base, edge), { [BASE]: base }), engine));
  }
  const chosen: Factory = async (params) => {
    const engine = edge.chooseEngine();
    const base = bases.get(engine);
    if (!base) throw refusal(new FortressError("engine-missing", `this OpenClaw has no ${engine} backend.`, "Set engine in the configuration of fortress to the other one."));
    return hardened(engine, base, edge)(params);
  };
  undo.push(register("fortress", chosen, [...bases.keys()][0]!));
  return () => undo.reverse().forEach((restore) => restore());
}

function register(id: string, factory: Factory, like: EngineId): () => void {
  // A registration without the built-in manager and resolver would hide them.
  const manager = sdk.getSandboxBackendManager?.(like);
  const resolveWorkdir = sdk.getSandboxBackendWorkdirResolver?.(like);
  return sdk.registerSandboxBackend!(id, {
    factory,
    ...(manager ? { manager } : {}),
    ...(resolveWorkdir ? { resolveWorkdir } : {}),
    capabilities: { readOnlyResourceMounts: true },
  });
}

function hardened(engine: EngineId, base: Factory, edge: SeamEdge): Factory {
  const make: Factory = async (params) => {
    const provided = edge.fortress.attestation.providing(params.scopeKey);
    try {
      edge.fortress.lockdown.assertOpen();
      await edge.fortress.quarantine.assertFree(engine, params.scopeKey);
      const plan = edge.fortress.plan({ ...requestOf(params), engine, storage: await edge.storageOf(engine), soleAgent: edge.agentCount() <= 1 });
      const posture = edge.fortress.posture.prepare(postureRequestOf(engine, params));
      applyPlan(params, plan);
      applyPosture(params, posture);
      edge.fortress.furnish(plan.mounts.own);
      const since = edge.now();
      let { handle, effective } = await createOrRecreate(engine, base, params, plan, edge);
      let admission = await edge.fortress.admit(engine, handle.runtimeId, effective, since);
      if (edge.fortress.posture.isOutdated(engine, handle.runtimeId, posture)) {
        // OpenClaw keeps a recently used container whatever changed but its mounts.
        await edge.removeContainer(engine, handle.runtimeId);
        ({ handle, effective } = await createOrRecreate(engine, base, params, plan, edge));
        admission = await edge.fortress.admit(engine, handle.runtimeId, effective, since);
      }
      await edge.fortress.posture.confirm(engine, handle.runtimeId, posture, since);
      edge.fortress.attestation.assert(engine, admission.container);
      // One that came in while this sandbox was made did not see it.
      if (edge.fortress.lockdown.state()) await edge.fortress.lockdown.still({ engine, container: admission.container }, "lockdown");
      edge.fortress.lockdown.assertOpen();
      edge.fortress.quarantine.assertUsable(engine, admission.container.name);
      return withSecrets(engine, handle, params, effective, edge);
    } catch (error) {
      throw refusal(error);
    } finally {
      provided();
    }
  };
  return (params) => edge.fortress.watch.making(engine, params.scopeKey, () => make(params));
}

function requestOf({ scopeKey, workspaceDir, agentWorkspaceDir, skillsWorkspaceDir, cfg }: CreateParams): Omit<SandboxRequest, "engine" | "storage" | "soleAgent"> {
  return {
    agentId: agentOf(scopeKey),
    workspace: { access: cfg.workspaceAccess, dir: workspaceDir, agentDir: agentWorkspaceDir, skillsDir: skillsWorkspaceDir },
    workdir: cfg.docker.workdir,
    operatorBinds: cfg.docker.binds ?? [],
    browserBinds: cfg.browser.enabled ? cfg.browser.binds : undefined,
    externalBindsAllowed: cfg.docker.dangerouslyAllowExternalBindSources === true,
    reservedTargetsAllowed: cfg.docker.dangerouslyAllowReservedContainerTargets === true,
    nativeLimits: { memory: cfg.docker.memory, cpus: cfg.docker.cpus, pidsLimit: cfg.docker.pidsLimit },
  };
}

/**
 * Writes the plan into the configuration object of this call, which OpenClaw makes afresh each
 * time. In place, because the file tools and the browser container read their binds from the same
 * object: a copy would leave them with the operator's.
 */
function applyPlan({ cfg }: CreateParams, { mounts, limits: { limits } }: SandboxPlan): void {
  if (cfg.browser.enabled) cfg.browser.binds = [...mounts.browserBinds];
  cfg.docker.binds = [...mounts.binds];
  // The operator's own binds were held to both switches by the plan.
  cfg.docker.dangerouslyAllowExternalBindSources = true;
  cfg.docker.dangerouslyAllowReservedContainerTargets = true;
  if (!cfg.docker.setupCommand?.trim()) return;
  // The set-up command runs before the backend returns, so only limits given at creation bind it.
  Object.assign(cfg.docker, { memory: String(limits.memory), memorySwap: String(limits.memorySwap), cpus: limits.cpus, pidsLimit: limits.pids });
}

/** OpenClaw fails the turn when the binds of a recently used container changed; recreating heals it. */
async function createOrRecreate(engine: EngineId, base: Factory, params: CreateParams, plan: SandboxPlan, edge: SeamEdge): Promise<{ handle: Handle; effective: SandboxPlan }> {
  try {
    return { handle: await base(params), effective: plan };
  } catch (error) {
    const name = /^Sandbox mounts changed for ([\w.-]+);/.exec(error instanceof Error ? error.message : "")?.[1];
    if (name === undefined) throw error;
    const mounts = edge.fortress.busyWith(engine, name, plan);
    if (mounts) params.cfg.docker.binds = [...mounts.binds];
    else await edge.removeContainer(engine, name);
    // What a busy sandbox keeps is what the next turn has to know of it, too.
    return { handle: await base(params), effective: mounts ? { ...plan, mounts } : plan };
  }
}

/** Stands in for OpenClaw's own token of an exec that may leave something behind. */
class Leftover {
  readonly token: unknown;
  readonly cleanUp: () => Promise<void>;

  constructor(token: unknown, cleanUp: () => Promise<void>) {
    this.token = token;
    this.cleanUp = cleanUp;
  }
}

function withSecrets(engine: EngineId, handle: Handle, params: CreateParams, plan: SandboxPlan, edge: SeamEdge): Handle {
  if (typeof handle.buildExecSpec !== "function") throw seamChanged();
  const agentId = agentOf(params.sessionKey) ?? agentOf(params.scopeKey);
  const { runShellCommand, createFsBridge } = handle;
  const whileOpen = <A extends unknown[], R>(action: (...args: A) => R) => (...args: A): R => {
    try {
      edge.fortress.lockdown.assertOpen();
      edge.fortress.quarantine.assertUsable(engine, handle.runtimeId);
    } catch (error) {
      throw refusal(error);
    }
    return action(...args);
  };
  return {
    ...handle,
    ...(runShellCommand ? { runShellCommand: whileOpen(runShellCommand) } : {}),
    ...(createFsBridge ? { createFsBridge: (call) => guarded(createFsBridge(call), whileOpen) } : {}),
    async buildExecSpec(call) {
      whileOpen(() => {})();
      // The gateway's PATH means nothing in the container and tells the host's layout.
      const { PATH: _gatewayPath, ...env } = call.env;
      const spec = await handle.buildExecSpec(withoutProfile({ ...call, env }));
      try {
        const container = spec.argv.find((word) => /^[0-9a-f]{64}$/.test(word));
        if (container === undefined) throw seamChanged();
        const feed: ExecRequest["feed"] = async (script, args, stdin) => {
          if (!handle.runShellCommand) throw seamChanged();
          await handle.runShellCommand({ script, args: [...args], stdin });
        };
        const { cleanUp, ...prepared } = await edge.fortress.exec(engine, container, plan, agentId, { ...spec, feed });
        return { ...spec, ...prepared, ...(cleanUp ? { finalizeToken: new Leftover(spec.finalizeToken, cleanUp) } : {}) };
      } catch (error) {
        await handle.finalizeExec?.({ status: "failed", exitCode: null, timedOut: false, token: spec.finalizeToken });
        throw refusal(error);
      }
    },
    async finalizeExec(result) {
      const { token } = result;
      try {
        if (token instanceof Leftover) await token.cleanUp();
      } finally {
        await handle.finalizeExec?.({ ...result, token: token instanceof Leftover ? token.token : token });
      }
    },
  };
}

/** The file tools of a turn that is under way, too, end with a lockdown. */
function guarded(bridge: object, whileOpen: (action: () => unknown) => () => unknown): object {
  return new Proxy(bridge, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      return typeof value === "function" ? (...args: unknown[]) => whileOpen(() => Reflect.apply(value, target, args) as unknown)() : value;
    },
  });
}

function seamChanged(): FortressError {
  return new FortressError("host-seam-changed", "OpenClaw's sandbox backend is not of the form that fortress knows.", "Update openclaw-fortress to a version for this OpenClaw.");
}

/** What OpenClaw shows of an error is its message: the remedy has to be in it. */
function refusal(error: unknown): Error {
  return error instanceof FortressError ? new Error(describeError(error), { cause: error }) : (error as Error);
}
