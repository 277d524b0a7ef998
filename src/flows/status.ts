import type { Config } from "../config/resolve.ts";
import { readLimits } from "../limits/cgroup.ts";
import { shortfalls } from "../limits/compare.ts";
import { UNSEEN } from "../limits/guard.ts";
import type { NativeLimits } from "../limits/plan.ts";
import { readPressure } from "../limits/pressure.ts";
import { createCpuRates } from "../limits/rates.ts";
import { readUse } from "../limits/usage.ts";
import { FortressError } from "../model/errors.ts";
import type { BackupReport } from "../model/backup.ts";
import type { BoundVerdict } from "../model/bound-verdict.ts";
import type { Finding } from "../model/finding.ts";
import type { LockdownState } from "../model/lockdown.ts";
import type { MaintenanceReport } from "../model/maintenance.ts";
import { isWithin } from "../model/paths.ts";
import type { Report, SandboxReport } from "../model/report.ts";
import { agentOf, type Container, type EngineId, LIMIT_NAMES, type LimitName, type ObservedDisk } from "../model/sandbox.ts";
import { buildReport } from "../report/build.ts";
import { collect, type Look } from "../report/collect.ts";
import { grantedNames } from "../secrets/grants.ts";
import type { Inventory } from "../secrets/keyring.ts";
import { findBoltState, persistenceFindings } from "../secrets/persistence.ts";
import type { AgentSettings } from "./agent-settings.ts";
import { type Core, RECREATE } from "./core.ts";
import type { Posture } from "./posture.ts";

/** What OpenClaw's configuration says about sandboxes; for the status. */
export interface HostFacts {
  readonly engines: readonly EngineId[];
  /** Workspaces of the configured agents, absolute. */
  readonly workspaces: readonly string[];
  readonly findings: readonly Finding[];
  /** Every configured agent with what it asks for its sandbox. */
  readonly agents?: ReadonlyMap<string, AgentSettings>;
  /** Where the gateway listens; OpenClaw's own default where nothing is said. */
  readonly port?: number;
  /** Limits that the operator set for an agent in OpenClaw's own configuration; undefined is a sandbox of several agents. */
  readonly nativeLimits?: (agentId: string | undefined) => NativeLimits;
  /** The network that the sandboxes of an agent are to have, `none` for none; undefined is a sandbox of several agents. */
  readonly network?: (agentId: string | undefined) => string;
  /** Log files and folders of the gateway, absolute. */
  readonly logs?: readonly string[];
  /** Bytes after which OpenClaw begins a new log file. */
  readonly maxLogBytes?: number;
  /** Images that sandboxes are to be made from. */
  readonly images?: readonly string[];
  /** Those among them that some agent's next sandbox needs, with the engine that makes it. */
  readonly neededImages?: readonly { readonly engine: EngineId; readonly name: string }[];
  /** Directories of agents that have one of their own, absolute. */
  readonly agentDirs?: readonly string[];
  /** Directories below which sandboxes have workspaces of their own, where OpenClaw's default is not used; absolute. */
  readonly sandboxRoots?: readonly string[];
  /** Host directories of the operator's binds. */
  readonly binds?: readonly { readonly path: string; readonly writable: boolean }[];
}

/** Never rejects for a wrong configuration: that is what the report then says. */
export type Status = (hostFacts: () => HostFacts) => Promise<Report>;

/** What other flows know that belongs into the status. */
export interface StatusSources {
  readonly lockdown: () => LockdownState | undefined;
  /** Forgets what its findings tell of and is no more. */
  readonly settle: () => Promise<void>;
  readonly diskOf: (container: Container) => ObservedDisk | undefined;
  readonly verdictOf: (container: Container) => BoundVerdict | undefined;
  readonly findings: () => readonly Finding[];
  /** Undefined when it never ran. */
  readonly maintenance: () => MaintenanceReport | undefined;
  /** Undefined where the configuration is wrong. */
  readonly backup: () => BackupReport | undefined;
}

export function createStatus({ edges, resolve, planned, limitsOf, mountsOf, ledger }: Core, posture: Posture, more: StatusSources): Status {
  const rates = createCpuRates();

  const useOf = ({ id, pid }: Container): Record<LimitName, number | undefined> => {
    const { cpuSeconds, ...used } = readUse(edges.readKernel, pid);
    return { ...used, cpus: rates.cores(id, cpuSeconds, edges.scan.now()) };
  };

  /** What the engine and the kernel say of one running sandbox. */
  const look = (engine: EngineId, container: Container, config: Config): Look => {
    const closed = posture.look(engine, container);
    const { limits } = limitsOf(container.name);
    const observed = edges.isVisible(container) ? readLimits(edges.readKernel, container.pid) : UNSEEN;
    const used = edges.isVisible(container) ? useOf(container) : undefined;
    const seen = mountsOf(container, agentOf(container.labels["openclaw.sessionKey"]));
    const disk = more.diskOf(container);
    return {
      mounts: seen?.mounts,
      hidden: seen?.hidden,
      limits: LIMIT_NAMES.map((name) => ({ name, wanted: limits[name], actual: observed[name], used: used?.[name] })),
      ...(used ? { pressure: readPressure(edges.readKernel, container.pid) } : {}),
      ...(disk ? { disk } : {}),
      attestation: more.verdictOf(container),
      findings: [
        ...mountFindings(container, seen?.violations ?? []),
        ...unguardedFindings(container, engine, seen?.unguarded ?? []),
        ...persistenceFindings(container.name, findBoltState(container.staticDir, edges.exists), config.secrets.delivery),
        ...limitFindings(container, shortfalls(limits, observed), config.limits.onFailure),
        ...(planned.get(container.name)?.mounts.findings ?? []),
        ...closed.findings,
      ],
      posture: closed.posture,
      unseen: closed.unseen,
    };
  };

  return async (hostFacts) => {
    const locked = more.lockdown();
    const { timeline, findings: ofLedger } = await ledger.look();
    const told = timeline ? { timeline } : {};
    try {
      const { config, store } = resolve();
      const host = hostFacts();
      const available = [...store.load().keys()];
      const { findings, unseen } = store.inventory();
      const secretsOf = (agentId: string | undefined): readonly string[] => grantedNames(config.secrets.grants, agentId, available);
      const roots = [edges.stateDir, ...host.workspaces].map((path) => edges.layout.inspect(path).real);
      const runtimes: Promise<Finding | undefined>[] = [];
      const collected = await collect(host.engines, {
        sandboxes: (engine) => edges.engine(engine).sandboxes(),
        isOurs: (container) => touches(container, roots),
        look(container, engine) {
          runtimes.push(posture.lookAtRuntime(engine, container).then(({ finding }) => finding));
          return look(engine, container, config);
        },
        clipped: (container) => limitsOf(container.name).clipped,
        secretsOf,
      });
      const grants = edges.secrets.agents()?.map((agentId) => ({ agentId, secrets: secretsOf(agentId) }));
      await more.settle();
      const [maintenance, backup] = [more.maintenance(), more.backup()];
      return buildReport(collected.sandboxes, [...host.findings, ...once(await Promise.all(runtimes)), ...lockdownFindings(locked, collected.sandboxes), ...more.findings(), ...ofLedger, ...findings, ...collected.findings], [...unseenFindings(unseen), ...collected.unseen], locked, { ...(maintenance ? { maintenance } : {}), ...(backup ? { backup } : {}), ...(grants ? { grants } : {}), ...told });
    } catch (error) {
      if (!(error instanceof FortressError)) throw error;
      const refusing: Finding = { id: "fortress.refusing", severity: "critical", detail: `Every sandbox is refused: ${error.message}`, remedy: error.remedy };
      return buildReport([], [refusing, ...lockdownFindings(locked, []), ...ofLedger], [], locked, told);
    }
  };
}

/** True when the container has a bind at, in or around one of the canonical roots. */
export function touches(container: Container, roots: readonly string[]): boolean {
  return container.binds.some(({ source }) => roots.some((root) => isWithin(root, source) || isWithin(source, root)));
}

/** Sandboxes of one engine mostly share what is found of it. */
function once(findings: readonly (Finding | undefined)[]): Finding[] {
  return [...new Map(findings.flatMap((finding) => (finding ? [[finding.detail, finding]] : []))).values()];
}

function lockdownFindings(locked: LockdownState | undefined, sandboxes: readonly SandboxReport[]): Finding[] {
  if (!locked) return [];
  const remedy = "An owner of the gateway ends the lockdown: /fortress thaw, or openclaw fortress thaw.";
  const running = sandboxes.filter((sandbox) => sandbox.running).map(({ name }) => name);
  return [
    { id: "lockdown.active", severity: "warn", detail: `Sandboxes are locked down: ${locked.because}.`, remedy },
    ...(running.length === 0 ? [] : [{ id: "lockdown.running", severity: "critical" as const, detail: `Still running in spite of the lockdown: ${running.join(", ")}.`, remedy: "Lock down again: openclaw fortress lockdown. If that fails: stop them by hand." }]),
  ];
}

function unseenFindings(unseen: Inventory["unseen"]): Finding[] {
  if (unseen.length === 0) return [];
  return [{ id: "secrets.unseen", severity: "warn", detail: `Only the gateway sees these secrets: ${unseen.map(({ key, source }) => `${key} (${source})`).join(", ")}.`, remedy: "Ask in chat: /fortress status." }];
}

function mountFindings({ name }: Container, violations: readonly string[]): Finding[] {
  return violations.map((violation) => ({ id: "mounts.violation", severity: "critical", detail: `${name}: ${violation}.`, remedy: RECREATE }));
}

/** Only Podman can be told; and without new privileges and device nodes it is a second lock on the same door. */
function unguardedFindings({ name, staticDir }: Container, engine: EngineId, unguarded: readonly string[]): Finding[] {
  if (unguarded.length === 0) return [];
  const podman = staticDir !== undefined;
  const asDocker = podman && engine === "docker";
  return [
    {
      id: "mounts.unguarded",
      severity: podman ? "warn" : "info",
      detail: `${name}: ${unguarded.join(", ")} ${unguarded.length === 1 ? "is" : "are"} mounted without nosuid and nodev.`,
      remedy: asDocker ? 'The command docker is Podman here: set sandbox.backend to "podman".' : podman ? RECREATE : "Docker cannot be told. Put the workspace on a mount that has both, for example in /etc/fstab: <workspace> <workspace> none bind,nosuid,nodev 0 0",
    },
  ];
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
