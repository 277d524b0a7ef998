import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Config, resolveConfig } from "./config/resolve.ts";
import type { Engine } from "./edge/engine.ts";
import { readLimits, readTaskCount } from "./limits/cgroup.ts";
import { shortfalls } from "./limits/compare.ts";
import { type Admission, createLimitGuard, type LimitGuard, UNSEEN } from "./limits/guard.ts";
import { type LimitPlan, type NativeLimits, planLimits } from "./limits/plan.ts";
import { FortressError } from "./model/errors.ts";
import type { Finding } from "./model/finding.ts";
import type { Layout, Machine, ReadText, StoreEdge } from "./model/ports.ts";
import type { Report } from "./model/report.ts";
import { agentOf, type Container, type EngineId, type KernelMount, LIMIT_NAMES } from "./model/sandbox.ts";
import { observeMounts } from "./mounts/observe.ts";
import { isWithin } from "./mounts/paths.ts";
import type { MountFacts } from "./mounts/facts.ts";
import { type MountPlan, planMounts } from "./mounts/plan.ts";
import type { Places } from "./mounts/reach.ts";
import { buildReport } from "./report/build.ts";
import { collect, type Look } from "./report/collect.ts";
import { type ExecCall, injectSecrets } from "./secrets/inject.ts";
import { grantedNames } from "./secrets/grants.ts";
import { findBoltState } from "./secrets/persistence.ts";
import { createSecretStore, type SecretStore } from "./secrets/store.ts";

/** The outside world, as far as fortress touches it. */
export interface Edges {
  readonly home: string;
  readonly stateDir: string;
  readonly engine: (id: EngineId) => Engine;
  readonly layout: Layout;
  readonly machine: Machine;
  readonly storeEdge: StoreEdge;
  readonly readKernel: ReadText;
  readonly processIdentity: (pid: number) => string | undefined;
  readonly isVisible: (container: Container) => boolean;
  readonly readMounts: (pid: number) => KernelMount[] | undefined;
  readonly exists: (path: string) => boolean;
}

/** One sandbox that OpenClaw asks for. */
export interface SandboxRequest {
  readonly agentId: string | undefined;
  readonly workspace: MountFacts["workspace"];
  readonly operatorBinds: readonly string[];
  readonly externalBindsAllowed: boolean;
  readonly nativeLimits: NativeLimits;
}

export interface SandboxPlan {
  readonly request: SandboxRequest;
  readonly mounts: MountPlan;
  readonly limits: LimitPlan;
}

/** What OpenClaw's configuration says about sandboxes; for the status. */
export interface HostFacts {
  readonly engines: readonly EngineId[];
  /** Workspaces of the configured agents, absolute. */
  readonly workspaces: readonly string[];
  readonly findings: readonly Finding[];
}

export interface Fortress {
  /** @throws FortressError `config-invalid` */
  config(): Config;
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
  /** Adds the agent's secrets to one exec, in a container whose limits hold now. */
  exec(engine: EngineId, containerId: string, plan: SandboxPlan, agentId: string | undefined, call: ExecCall): Promise<{ argv: string[]; env: NodeJS.ProcessEnv }>;
  /** Never rejects for a wrong configuration: that is what the report then says. */
  status(hostFacts: () => HostFacts): Promise<Report>;
}

const RECREATE = "Recreate it: openclaw sandbox recreate --all";
/** The init process and the `sleep` that OpenClaw keeps a sandbox alive with. */
const IDLE_TASKS = 2;

/** Wires the rooms once. Fails nowhere itself: a wrong configuration refuses each sandbox instead. */
export function createFortress(rawConfig: unknown, edges: Edges): Fortress {
  let resolved: { config: Config; store: SecretStore } | undefined;
  const resolve = (): { config: Config; store: SecretStore } => {
    if (!resolved) {
      const config = resolveConfig(rawConfig, edges.home);
      resolved = { config, store: createSecretStore(config.secrets.file, edges.storeEdge) };
    }
    return resolved;
  };

  const guards = new Map<EngineId, LimitGuard>();
  const guard = (id: EngineId): LimitGuard => {
    let found = guards.get(id);
    if (!found) guards.set(id, (found = createLimitGuard({ ...edges, ...edges.engine(id) })));
    return found;
  };
  /** The last plan of each sandbox, by name. */
  const planned = new Map<string, SandboxPlan>();

  const placesOf = (agentId: string | undefined, { secrets }: Config): Places => ({
    stateDir: edges.layout.inspect(edges.stateDir).real,
    secretsDir: edges.layout.inspect(posix.dirname(secrets.file)).real,
    agentId,
  });

  const admit: Fortress["admit"] = async (engine, name, plan, since) => {
    const admission = await guard(engine).admit(name, { wanted: plan.limits.limits, onFailure: resolve().config.limits.onFailure, since });
    planned.set(admission.container.name, plan);
    return admission;
  };

  const limitsOf = ({ name }: Container, config: Config): LimitPlan => planned.get(name)?.limits ?? planLimits(config.limits, {}, edges.machine);

  /** What the engine and the kernel say of one running sandbox. */
  const look = (container: Container, config: Config): Look => {
    const { limits } = limitsOf(container, config);
    const visible = edges.isVisible(container);
    const observed = visible ? readLimits(edges.readKernel, container.pid) : UNSEEN;
    const kernel = visible ? edges.readMounts(container.pid) : undefined;
    const places = placesOf(agentOf(container.labels["openclaw.sessionKey"]), config);
    const seen = kernel && observeMounts(container, kernel, edges.layout, places);
    return {
      mounts: seen?.mounts,
      limits: LIMIT_NAMES.map((name) => ({ name, wanted: limits[name], actual: observed[name] })),
      findings: [
        ...mountFindings(container, seen?.violations ?? []),
        ...limitFindings(container, shortfalls(limits, observed), config.limits.onFailure),
        ...(planned.get(container.name)?.mounts.findings ?? []),
      ],
    };
  };

  return {
    config: () => resolve().config,

    plan(request) {
      const { config, store } = resolve();
      store.load();
      const mounts = planMounts({ ...request, layout: edges.layout, stateDir: edges.stateDir, home: edges.layout.inspect(edges.home).real, places: placesOf(request.agentId, config) });
      return { request, mounts, limits: planLimits(config.limits, request.nativeLimits, edges.machine) };
    },

    admit,

    busyWith(engine, name, plan) {
      const previous = planned.get(name);
      const container = guard(engine).last(name)?.container;
      if (!previous || !container || !isDeepStrictEqual(previous.request, plan.request)) return undefined;
      return (readTaskCount(edges.readKernel, container.pid) ?? 0) > IDLE_TASKS ? previous.mounts : undefined;
    },

    async exec(engine, containerId, plan, agentId, call) {
      const { config, store } = resolve();
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
    },

    async status(hostFacts) {
      try {
        const { config, store } = resolve();
        const host = hostFacts();
        const available = [...store.load().keys()];
        const roots = [edges.stateDir, ...host.workspaces].map((path) => edges.layout.inspect(path).real);
        const collected = await collect(host.engines, {
          sandboxes: (engine) => edges.engine(engine).sandboxes(),
          isOurs: (container) => touches(container, roots),
          look: (container) => look(container, config),
          clipped: (container) => limitsOf(container, config).clipped,
          secretsOf: (agentId) => grantedNames(config.secrets.grants, agentId, available),
        });
        return buildReport(collected.sandboxes, [...host.findings, ...collected.findings], collected.unseen);
      } catch (error) {
        if (!(error instanceof FortressError)) throw error;
        const refusing: Finding = { id: "fortress.refusing", severity: "critical", detail: `Every sandbox is refused: ${error.message}`, remedy: error.remedy };
        return buildReport([], [refusing], []);
      }
    },
  };
}

function touches(container: Container, roots: readonly string[]): boolean {
  return container.binds.some(({ source }) => roots.some((root) => isWithin(root, source) || isWithin(source, root)));
}

function mountFindings({ name }: Container, violations: readonly string[]): Finding[] {
  return violations.map((violation) => ({ id: "mounts.violation", severity: "critical", detail: `${name}: ${violation}.`, remedy: RECREATE }));
}

function limitFindings({ name }: Container, missing: readonly string[], onFailure: Config["limits"]["onFailure"]): Finding[] {
  if (missing.length === 0) return [];
  return [
    {
      id: "limits.not-enforced",
      severity: onFailure === "warn" ? "warn" : "critical",
      detail: `${name}: ${missing.join("; ")}.`,
      remedy: `${RECREATE}. Rootless engines need cgroup v2 with delegated controllers.`,
    },
  ];
}
