import { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { AccessMode, Container, EngineId, ObservedPosture } from "../model/sandbox.ts";
import { deviations, differences, unseenFields } from "../posture/deviations.ts";
import { engineFindings, knownRuntime, runtimeFinding, usesFilter } from "../posture/engine-says.ts";
import { logFinding } from "../posture/log.ts";
import { observePosture } from "../posture/observe.ts";
import { planPosture, type PosturePlan } from "../posture/plan.ts";
import type { PostureRequest } from "../posture/request.ts";
import { NO_NETWORK, networkOf } from "../posture/switches.ts";
import { runtimeProgram } from "../posture/runtime.ts";
import { mayRead, mayWrite } from "../posture/user.ts";
import { type Core, RECREATE } from "./core.ts";

/** What of the plan OpenClaw is told. */
export interface PostureSettings extends Pick<PosturePlan, "user" | "tmpfs" | "env" | "ulimits" | "findings"> {
  /** Where it lies and what it says; undefined leaves the engine's default. */
  readonly seccomp: { readonly path: string; readonly text: string } | undefined;
  /** What OpenClaw makes it with. */
  readonly network: string;
}

export interface PostureLook {
  readonly posture: ObservedPosture | undefined;
  readonly findings: readonly Finding[];
  /** What could not be looked at. */
  readonly unseen: readonly Finding[];
}

export interface RuntimeLook {
  /** Its name and number; undefined where nobody says, or where it is one of which nothing would be known. */
  readonly version: string | undefined;
  /** What is known against it. */
  readonly finding: Finding | undefined;
}

export interface Posture {
  /**
   * Decides what a sandbox must have besides mounts and limits, and prepares it: when it returns, the
   * seccomp profile is on disk and the workspace belongs to the sandbox's user.
   * @throws FortressError when a setting forbids it, or when it can't be prepared
   */
  prepare(request: PostureRequest): PostureSettings;
  /** True when an admitted sandbox was made without this posture and no command runs in it. Starts no process. */
  isOutdated(engine: EngineId, name: string, settings: PostureSettings): boolean;
  /**
   * Ends a sandbox, made in this very turn, of which the kernel says that its posture does not hold.
   * @throws FortressError `posture-not-applied`
   */
  confirm(engine: EngineId, name: string, settings: PostureSettings, since: number): Promise<void>;
  /** What kernel and engine say of one running sandbox. */
  look(engine: EngineId, container: Container): PostureLook;
  /** True: it was given the filter that is planned for it now. Undefined where nothing is planned. */
  hasPlannedFilter(container: Container): boolean | undefined;
  /** What its last turn gave it; undefined where none did. */
  planned(name: string): PostureSettings | undefined;
  /** The program that started a running sandbox. */
  lookAtRuntime(engine: EngineId, container: Container): Promise<RuntimeLook>;
}

export function createPosture({ edges, resolve, guard, places, isBusy }: Core): Posture {
  const { posture: edge } = edges;
  const planned = new Map<string, PostureSettings>();

  const observe = (container: Container): ObservedPosture => observePosture(edges.readKernel, container.pid);
  const critical = (container: Container): string[] =>
    deviations(observe(container))
      .filter(({ severity }) => severity === "critical")
      .map(({ detail }) => detail);

  /** Folders of a root gateway and its operator stay root's, so a sandbox that is not root's may find some of them closed. */
  const closedFolders = ({ name, binds }: Container, uid: number | undefined): Finding[] => {
    if (uid === undefined || edge.gatewayUid !== 0) return [];
    const shut = (mode: AccessMode, may: typeof mayRead): Container["binds"] =>
      binds.filter((bind) => {
        const owner = edge.ownerOf(bind.source);
        return bind.mode === mode && owner !== undefined && !may(uid, owner);
      });
    const closed = shut("ro", mayRead);
    const unwritable = shut("rw", mayWrite);
    const targets = (of: Container["binds"]): string => of.map(({ target }) => target).join(", ");
    const findings: Finding[] = [];
    if (closed.length > 0) {
      findings.push({ id: "posture.folders-closed", severity: "info", detail: `${name}: it runs as uid ${uid} and can't look into ${targets(closed)}, which only root may read.`, remedy: "If it needs them, run the gateway as a user of its own." });
    }
    if (unwritable.length > 0) {
      findings.push({ id: "posture.folders-unwritable", severity: "warn", detail: `${name}: it runs as uid ${uid} and can't write to ${targets(unwritable)}, although that is mounted to be written to.`, remedy: `Give it to the sandbox: chown ${uid} ${unwritable.map(({ source }) => source).join(" ")}` });
    }
    return findings;
  };

  return {
    prepare(request) {
      const { config } = resolve();
      const workspace = edges.layout.inspect(request.workspaceDir).real;
      const ownWorkspace = workspace.startsWith(`${places(undefined).stateDir}/`);
      const plan = planPosture({ ...edge, request, config: config.posture, owner: edge.ownerOf(workspace), ownWorkspace });
      if (plan.handOver) edge.handOver(workspace, plan.handOver);
      const { filter, user, tmpfs, env, ulimits, findings } = plan;
      const seccomp = filter.kind === "engine" ? undefined : { text: filter.text, path: filter.kind === "file" ? filter.path : edge.writeProfile(filter.text) };
      return { user, tmpfs, env, ulimits, findings, seccomp, network: networkOf(request) };
    },

    isOutdated(engine, name, { seccomp, tmpfs, network }) {
      const container = guard(engine).last(name)?.container;
      if (!container || !edges.isVisible(container) || isBusy(container)) return false;
      if (seccomp && !usesFilter(container, seccomp)) return true;
      if (network === NO_NETWORK && (container.network ?? NO_NETWORK) !== NO_NETWORK) return true;
      return critical(container).length > 0 || differences(observe(container), tmpfs).length > 0;
    },

    async confirm(engine, name, settings, since) {
      planned.set(name, settings);
      const container = guard(engine).last(name)?.container;
      // Where the kernel can't be seen, the limits say so already.
      if (!container || !edges.isVisible(container)) return;
      const open = critical(container);
      if (open.length === 0 || Number(container.labels["openclaw.createdAtMs"]) < since) return;
      await edges.engine(engine).remove(container.id);
      throw new FortressError("posture-not-applied", `sandbox ${name} is not closed: ${open.join("; ")}.`, `Check that ${engine} runs containers with seccomp and without capabilities: ${engine} info`);
    },

    look(engine, container) {
      const settings = planned.get(container.name);
      const log = logFinding(engine, container, edges.readKernel);
      const findings = [...engineFindings(container, settings?.seccomp), ...(log ? [log] : []), ...(settings?.findings ?? [])];
      if (!edges.isVisible(container)) return { posture: undefined, findings, unseen: [] };
      const posture = observe(container);
      const old = differences(posture, settings?.tmpfs ?? []);
      return {
        posture,
        findings: [
          ...findings,
          ...deviations(posture).map(({ id, severity, detail, remedy = RECREATE }) => ({ id, severity, detail: `${container.name}: ${detail}.`, remedy })),
          ...closedFolders(container, posture.uid),
          ...old.map((detail): Finding => ({ id: "posture.outdated", severity: "warn", detail: `${container.name}: ${detail}.`, remedy: RECREATE })),
        ],
        unseen: unseenFields(posture).map((field) => ({ id: "posture.unseen", severity: "warn", detail: `${container.name}: the kernel does not say its ${field}.`, remedy: "Run the gateway on the engine's host, as the engine's user." })),
      };
    },

    hasPlannedFilter(container) {
      const filter = planned.get(container.name)?.seccomp;
      return filter && usesFilter(container, filter);
    },

    planned: (name) => planned.get(name),

    async lookAtRuntime(engine, container) {
      const program = edges.isVisible(container) ? runtimeProgram(edges.readKernel, container.pid) : undefined;
      const version = await edge.runtimeVersion(engine, program);
      return { version: knownRuntime(version), finding: runtimeFinding(engine, version) };
    },
  };
}
