import { randomBytes } from "node:crypto";
import { clean } from "../isolation/answers.ts";
import type { Outside } from "../isolation/facts.ts";
import { parseOci } from "../isolation/oci.ts";
import { lookOutside, selectChecks, tryInside } from "../isolation/runner.ts";
import type { Target } from "../isolation/script.ts";
import { readLimits } from "../limits/cgroup.ts";
import { holds } from "../limits/compare.ts";
import type { BoundVerdict } from "../model/bound-verdict.ts";
import { type CheckResult, type Examination, type Verification, verdictOf } from "../model/check.ts";
import { FortressError, textOf } from "../model/errors.ts";
import { agentOf, CONFIG_HASH, type Container, type EngineId, type KernelMount } from "../model/sandbox.ts";
import { hostNames } from "../mounts/names.ts";
import { parseBind } from "../mounts/paths.ts";
import { keyNames } from "../posture/engine-says.ts";
import { logFinding } from "../posture/log.ts";
import { observePosture } from "../posture/observe.ts";
import { findBoltState } from "../secrets/persistence.ts";
import type { Core } from "./core.ts";
import type { Posture, RuntimeLook } from "./posture.ts";
import { type HostFacts, touches } from "./status.ts";

export interface VerifyOptions {
  /** Only the sandboxes of this agent. */
  readonly agent?: string | undefined;
  /** Only these checks. */
  readonly checks?: readonly string[] | undefined;
  /** Only what is read from the host; starts no process in a sandbox. */
  readonly quick: boolean;
  readonly onProgress?: (text: string) => void;
}

/** What of OpenClaw's configuration the checks need to know. */
type Asked = Pick<HostFacts, "port" | "network">;

export interface Isolation {
  /** Examines every running sandbox of this gateway. Never rejects for an engine or a sandbox: that is what the answer then says. */
  verify(hostFacts: () => HostFacts, options: VerifyOptions): Promise<Verification>;
  /** All selected checks on one running container. */
  examine(engine: EngineId, container: Container, host: Asked, options: Pick<VerifyOptions, "checks" | "quick">): Promise<Examination>;
  /** The quick checks on one running container, from the kernel alone. */
  glance(engine: EngineId, container: Container): readonly CheckResult[];
}

const DEFAULT_PORT = 18_789;
const DEFAULT_WORKDIR = "/workspace";

/** @param attested what holds of a container by its verdict; undefined where it has none */
export function createIsolation({ edges, resolve, planned, limitsOf, mountsOf }: Core, posture: Posture, attested: (container: Container) => BoundVerdict | undefined): Isolation {
  const { isolation: edge, posture: machine } = edges;

  /** Where the engine keeps what it told the runtime. */
  const ociFile = ({ id, staticDir }: Container): string => (staticDir === undefined ? `/run/containerd/io.containerd.runtime.v2.task/moby/${id}/config.json` : `${staticDir}/config.json`);

  const storeProblem = (): string | undefined => {
    try {
      resolve().store.load();
      return undefined;
    } catch (error) {
      return error instanceof FortressError ? error.message : String(error);
    }
  };

  /** OpenClaw itself mounts the workspace at the working directory; the rest stands in the plan. */
  const plannedWritable = ({ name }: Container): string[] | undefined => {
    const plan = planned.get(name);
    return plan && [plan.request.workdir, ...plan.mounts.binds.flatMap((bind) => parseBind(bind) ?? []).filter(({ mode }) => mode === "rw").map(({ target }) => target)];
  };

  /** By the sandbox's last plan, else as it is configured now; what its container was made with is no permission. */
  const askedNetwork = ({ name, labels }: Container, host: Asked): string | undefined => posture.planned(name)?.network ?? host.network?.(agentOf(labels["openclaw.sessionKey"]));

  const factsOf = (engine: EngineId, container: Container, runtime: RuntimeLook | undefined, network: string | undefined): Outside | undefined => {
    if (!edges.isVisible(container)) return undefined;
    const { config } = resolve();
    const host = edges.readMounts("self") ?? [];
    const { limits } = limitsOf(container.name);
    const observed = readLimits(edges.readKernel, container.pid);
    return {
      engine,
      container,
      network,
      read: edges.readKernel,
      link: edge.link,
      exists: edges.exists,
      posture: observePosture(edges.readKernel, container.pid),
      limits: { wanted: limits, observed, holds: (name) => holds(name, limits, observed), tolerated: config.limits.onFailure === "warn" },
      mounts: edges.readMounts(container.pid),
      judged: mountsOf(container, agentOf(container.labels["openclaw.sessionKey"])),
      hostNames: (mount) => hostNames(mount, host),
      writable: plannedWritable(container),
      configHash: { planned: planned.get(container.name)?.configHash, actual: container.labels[CONFIG_HASH] },
      filter: { hardened: config.posture.seccomp === "hardened", current: posture.hasPlannedFilter(container) },
      oci: parseOci(machine.readText(ociFile(container))),
      keyNames: keyNames(container.envNames),
      log: logFinding(engine, container, edges.readKernel)?.detail,
      execDatabase: findBoltState(container.staticDir, edges.exists),
      store: storeProblem(),
      runtime: { version: runtime?.version, against: runtime?.finding?.detail },
    };
  };

  const targetOf = (container: Container, { port = DEFAULT_PORT }: Asked, network: string | undefined): Target => {
    const writable = (edges.isVisible(container) ? edges.readMounts(container.pid) : undefined)?.filter(({ target, mode }) => mode === "rw" && container.binds.some((bind) => bind.target === target)) ?? [];
    const workdir = planned.get(container.name)?.request.workdir ?? DEFAULT_WORKDIR;
    const workspace = writable.find(({ target }) => target === workdir);
    const isWorkspace = ({ device, root }: KernelMount): boolean => workspace !== undefined && device === workspace.device && root === workspace.root;
    return {
      stateDir: edges.stateDir,
      secretsFile: resolve().config.secrets.file,
      port,
      configInode: edge.inode(edges.configFile),
      network,
      writable: writable.map(({ target }) => target),
      own: writable.filter(isWorkspace).map(({ target }) => target),
    };
  };

  const examine: Isolation["examine"] = async (engine, container, host, { checks: ids, quick }) => {
    const checks = selectChecks({ ids, quick });
    const runtime = await posture.lookAtRuntime(engine, container);
    const network = askedNetwork(container, host);
    const outside = lookOutside(checks, factsOf(engine, container, runtime, network));
    const inside = await tryInside(checks, targetOf(container, host, network), randomBytes(16).toString("hex"), (script) => edge.run(engine, container.id, script));
    const byId = new Map([...outside, ...inside].map((result) => [result.id, result]));
    return { sandbox: container.name, containerId: container.id, engine, agentId: agentOf(container.labels["openclaw.sessionKey"]), attestation: attested(container), results: checks.map(({ id }) => byId.get(id)!) };
  };

  return {
    examine,
    glance: (engine, container) => lookOutside(selectChecks({ quick: true }), factsOf(engine, container, undefined, askedNetwork(container, {}))),

    async verify(hostFacts, options) {
      const host = hostFacts();
      const roots = [edges.stateDir, ...host.workspaces].map((path) => edges.layout.inspect(path).real);
      const examinations: Examination[] = [];
      const unseen: string[] = [];
      for (const engine of host.engines) {
        const all = await edges.engine(engine).sandboxes().catch((error: unknown) => {
          unseen.push(clean(textOf(error)));
          return [];
        });
        const wanted = all.filter((container) => container.running && touches(container, roots) && (options.agent === undefined || agentOf(container.labels["openclaw.sessionKey"]) === options.agent));
        for (const [index, container] of wanted.entries()) {
          options.onProgress?.(`${index + 1} of ${wanted.length}: ${container.name}`);
          examinations.push(await examine(engine, container, host, options));
        }
      }
      if (examinations.length === 0 && unseen.length === 0) unseen.push(`No sandbox${options.agent === undefined ? "" : ` of agent ${clean(options.agent)}`} runs at the moment; each turn of an agent makes one.`);
      return { schemaVersion: 1, verdict: verdictOf(examinations.flatMap(({ results }) => results), unseen), quick: options.quick, examinations, unseen };
    },
  };
}
