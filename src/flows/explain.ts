import { FortressError } from "../model/errors.ts";
import type { SandboxReport } from "../model/report.ts";
import { type AccessMode, agentOf, type Container, type EngineId, type LimitName, type Mount } from "../model/sandbox.ts";
import { formatLimit } from "../model/units.ts";
import { postureEntries } from "../report/words.ts";
import { grantOf } from "../secrets/grants.ts";
import type { AgentSettings } from "./agent-settings.ts";
import type { Core } from "./core.ts";
import type { Creation } from "./creation.ts";
import type { HostFacts, Status } from "./status.ts";

export interface Reasoned {
  readonly what: string;
  readonly because: string;
}

export interface ExplainedMount {
  readonly target: string;
  /** As today's configuration has it; undefined where it asks for no such mount. */
  readonly planned: AccessMode | undefined;
  /** As the kernel has it; undefined where it is not mounted. */
  readonly actual: AccessMode | undefined;
  readonly because: string;
}

export interface ExplainedSandbox {
  readonly name: string;
  readonly engine: EngineId;
  readonly running: boolean;
  /** Why today's configuration would refuse this sandbox; its mounts are then the actual ones only. */
  readonly refused: string | undefined;
  readonly mounts: readonly ExplainedMount[];
  readonly hidden: readonly Reasoned[];
  readonly limits: readonly Reasoned[];
  readonly posture: readonly Reasoned[];
  readonly secrets: readonly Reasoned[];
}

export interface Explanation {
  readonly agentId: string;
  readonly sandboxes: readonly ExplainedSandbox[];
}

/** @throws FortressError `agent-unknown` */
export type Explain = (agentId: string, hostFacts: () => HostFacts) => Promise<Explanation>;

/** Holds what every sandbox of an agent has against what today's configuration plans, each with its reason. */
export function createExplain(core: Core, creation: Creation, status: Status): Explain {
  const { edges, resolve } = core;

  /** What led to the sandbox, as far as its own mounts and the configuration tell. */
  const planFor = async (engine: EngineId, { binds }: Container, agentId: string | undefined, settings: AgentSettings, soleAgent: boolean): Promise<readonly Mount[]> => {
    const sourceOf = (target: string): string | undefined => binds.find((bind) => bind.target === target)?.source;
    const dir = sourceOf(settings.workdir) ?? sourceOf("/agent-workspace");
    if (dir === undefined) return [];
    const skills = binds.find(({ source }) => /\/sandbox\/skills-workspaces\/.+\/skills$/.test(source))?.source;
    const plan = creation.plan({
      agentId,
      engine,
      workspace: { access: settings.access, dir, agentDir: sourceOf("/agent") ?? dir, skillsDir: skills?.replace(/\/skills$/, "") },
      workdir: settings.workdir,
      operatorBinds: settings.binds,
      browserBinds: undefined,
      externalBindsAllowed: settings.externalBindsAllowed,
      reservedTargetsAllowed: settings.reservedTargetsAllowed,
      nativeLimits: settings.nativeLimits,
      storage: await edges.engine(engine).storage(),
      soleAgent,
    });
    return plan.mounts.mounts;
  };

  const explainOne = async (sandbox: SandboxReport, container: Container | undefined, settings: AgentSettings, soleAgent: boolean): Promise<ExplainedSandbox> => {
    const { name, engine, running, agentId, limits, clipped, posture, hidden, secrets } = sandbox;
    const { config } = resolve();
    let planned: readonly Mount[] = [];
    let refused: string | undefined;
    try {
      if (container) planned = await planFor(engine, container, agentId, settings, soleAgent);
    } catch (error) {
      if (!(error instanceof FortressError)) throw error;
      refused = `${error.message} ${error.remedy}`;
    }
    return {
      name,
      engine,
      running,
      refused,
      mounts: explainMounts(planned, sandbox, settings),
      hidden: (hidden ?? []).map(({ entry, holds }) => ({ what: entry, because: holds })),
      limits: limits.map((limit) => ({ what: limitWords(limit), because: limitReason(limit.name, clipped) })),
      posture: posture ? postureEntries(posture).map(([field, what]) => ({ what, because: POSTURE_REASONS[field] })) : [],
      secrets: secrets.map((secret) => ({ what: secret, because: grantOf(config.secrets.grants, agentId, secret) })),
    };
  };

  return async (agentId, hostFacts) => {
    const host = hostFacts();
    const settings = host.agents?.get(agentId);
    if (!settings) throw new FortressError("agent-unknown", `OpenClaw has no agent "${agentId}".`, `Agents are: ${[...(host.agents?.keys() ?? [])].join(", ")}.`);
    const { sandboxes } = await status(() => host);
    const own = sandboxes.filter((sandbox) => sandbox.agentId === undefined || sandbox.agentId === agentId);
    const containers = (await Promise.all([...new Set(own.map(({ engine }) => engine))].map((engine) => edges.engine(engine).sandboxes()))).flat();
    const soleAgent = (host.agents?.size ?? 0) <= 1;
    const find = (sandbox: SandboxReport): Container | undefined => containers.find(({ name, labels }) => name === sandbox.name && agentOf(labels["openclaw.sessionKey"]) === sandbox.agentId);
    return { agentId, sandboxes: await Promise.all(own.map((sandbox) => explainOne(sandbox, find(sandbox), settings, soleAgent))) };
  };
}

function explainMounts(planned: readonly Mount[], { mounts = [] }: SandboxReport, { workdir, binds }: AgentSettings): ExplainedMount[] {
  const actual = new Map(mounts.map(({ target, mode }) => [target, mode]));
  const wanted = new Map(planned.map((mount) => [mount.target, mount]));
  return [...new Set([...wanted.keys(), ...actual.keys()])].map((target) => {
    const plan = wanted.get(target);
    if (plan) return { target, planned: plan.mode, actual: actual.get(target), because: plan.purpose };
    const asked = binds.some((bind) => bind.split(":")[1] === target);
    // These are made by OpenClaw whatever fortress plans.
    const hosts = target === workdir || target === "/agent" || target.startsWith(`${workdir}/`);
    const mode = asked || hosts ? actual.get(target) : undefined;
    return { target, planned: mode, actual: actual.get(target), because: asked ? "a bind of the operator's (sandbox.docker.binds)" : hosts ? "OpenClaw's own mount" : "today's configuration does not ask for it" };
  });
}

function limitWords({ name, wanted, actual, used }: SandboxReport["limits"][number]): string {
  return `${name} ${formatLimit(name, actual)}, wanted ${formatLimit(name, wanted)}${used === undefined ? "" : `, in use ${formatLimit(name, used)}`}`;
}

const LIMIT_KEYS: Readonly<Record<LimitName, string>> = { memory: "limits.memory", memorySwap: "limits.memory, which counts swap in", cpus: "limits.cpus", pids: "limits.pids" };
const CLIPPED: Readonly<Record<LimitName, RegExp>> = { memory: /iB|\d B/, memorySwap: /iB|\d B/, cpus: / CPUs/, pids: / PIDs/ };

function limitReason(name: LimitName, clipped: readonly string[]): string {
  return clipped.find((note) => CLIPPED[name].test(note)) ?? LIMIT_KEYS[name];
}

const POSTURE_REASONS: Readonly<Record<ReturnType<typeof postureEntries>[number][0], string>> = {
  uid: "posture.user: the workspace's owner, never root",
  seccomp: "posture.seccomp",
  noNewPrivs: "OpenClaw sets it; fortress reads it back",
  capabilities: "OpenClaw drops them all; fortress reads it back",
  interfaces: "sandbox.docker.network, which posture.network.allow must name",
  core: "a dump would put secrets into the workspace",
  tmpfs: "posture.tmpfs",
};
