import pLimit from "p-limit";
import { readLimits } from "../limits/cgroup.ts";
import { driftOf } from "../limits/drift.ts";
import { planLimits } from "../limits/plan.ts";
import { FortressError, textOf } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import { agentOf, type Container, type EngineId, type Limits } from "../model/sandbox.ts";
import { attemptKey, type Observed, planReconcile, type Step } from "../reconcile/plan.ts";
import { type Core, RECREATE } from "./core.ts";
import type { Lockdown } from "./lockdown.ts";
import { isOurs, listOurs, type OwnSandbox, rootsOf } from "./ours.ts";
import type { Quarantine } from "./quarantine.ts";
import type { HostFacts } from "./status.ts";

export interface Change extends OwnSandbox {
  /** What happened to it or was done about it, such as `update` or `limit`. */
  readonly what: string;
}

/** A look at all sandboxes. */
export interface WholeLook {
  /** Those that there are. */
  readonly sandboxes: readonly OwnSandbox[];
  /** False when an engine did not answer: something may be wrong that nobody saw, or that nobody could mend. */
  readonly complete: boolean;
}

export interface Reconcile {
  /**
   * Looks at every sandbox of this gateway, and brings back what is not as it should be. Never
   * rejects for an engine: what could not be looked at is a finding until the next time.
   */
  all(host: HostFacts): Promise<WholeLook>;
  /**
   * The same for some containers, after events of the engine. Starts no process where the kernel
   * already says that all is well, and does not repeat what did not help before.
   *
   * @param events what happened, by full id
   * @returns false when the engine left something undone by not answering
   * @throws FortressError when the engine can't be asked
   */
  some(engine: EngineId, events: ReadonlyMap<string, string>, host: HostFacts): Promise<boolean>;
  /** True for a container, by full id, that went through fortress at its making. */
  isMade(engine: EngineId, id: string): boolean;
  /** Tells of every change that was seen or made, until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void;
  findings(): readonly Finding[];
}

/** Each may start a process of the engine, which is heavy on a small machine. */
const AT_ONCE = 4;
/** What a deed came to where nothing runs any more. */
const ENDED = Symbol("ended");
/** Of these the kernel shows everything: mounts stay for the life of a process. */
const SEEN_BY_KERNEL = /^(init|start|update)$/;

export function createReconcile(core: Core, lockdown: Lockdown, quarantined: Quarantine["reason"], frozen: (container: Container) => string | undefined): Reconcile {
  const { edges, guard, ledger, planned, resolve } = core;
  const listeners = new Set<(change: Change) => void>();
  /** By full id: the attempt that events do not bring about again, and the failure that is in the ledger. */
  const [inVain, told] = [new Map<string, string>(), new Map<string, string>()];
  const findings = new Map<string, Finding>();
  const tell = (sandbox: OwnSandbox, what: string): void => listeners.forEach((listener) => listener({ ...sandbox, what }));

  const wantedFor = ({ name, labels }: Container, host: HostFacts): Limits => {
    const agentId = agentOf(labels["openclaw.sessionKey"]);
    return (planned.get(name)?.limits ?? planLimits(resolve().config.limits, host.nativeLimits?.(agentId) ?? {}, edges.machine)).limits;
  };
  const driftIn = (container: Container, wanted: Limits): readonly string[] | undefined =>
    edges.isVisible(container) ? driftOf(wanted, readLimits(edges.readKernel, container.pid)) : undefined;

  const observe = (container: Container, wanted: Limits | undefined): Observed => ({
    container,
    drift: wanted && container.running ? driftIn(container, wanted) : undefined,
    exposed: container.running ? (configured(() => core.mountsOf(container, agentOf(container.labels["openclaw.sessionKey"])))?.exposed ?? []) : [],
    inVain: inVain.get(container.id),
  });

  /** @returns why they do not hold, if they don't, or that there is nothing left to hold */
  const setLimits = async ({ engine, container }: OwnSandbox, wanted: Limits, because: string): Promise<unknown> => {
    const set = (): Promise<unknown> => edges.engine(engine).update(container.id, wanted).then(() => undefined, (error: unknown) => error);
    const leftOver = (): readonly string[] | undefined => driftIn(container, wanted);
    let refusal = await set();
    // Somebody may have changed them again before they were read: that is no refusal of the kernel's.
    if (refusal === undefined && leftOver()?.length) refusal = await set();
    const seen = leftOver();
    const left = seen ?? [];
    const failed = seen === undefined ? refusal !== undefined : left.length > 0;
    if (failed && (await isGone(engine, container))) return ENDED;
    const detail = [...left, ...(refusal === undefined ? [] : [textOf(refusal)])].join("; ");
    const isNews = !failed || told.get(container.id) !== detail;
    remember(told, container, failed ? detail : undefined);
    remember(inVain, container, failed && !isSilence(refusal) ? attemptKey(left) : undefined);
    if (isNews) await ledger.record({ action: "limits.restored", target: container.name, because, outcome: failed ? "failed" : "done", ...(detail === "" ? {} : { detail }) });
    return failed ? refusal : undefined;
  };

  /** A sandbox that went through fortress, still runs the same process, and has exactly the limits that it should have. */
  const asItShouldBe = (engine: EngineId, id: string, host: HostFacts): Container | undefined => {
    const container = guard(engine).standing(id)?.container;
    const wanted = container && configured(() => wantedFor(container, host));
    return container && wanted && lockdown.state() === undefined && quarantined(id) === undefined && frozen(container) === undefined && driftIn(container, wanted)?.length === 0 ? container : undefined;
  };

  const isGone = (engine: EngineId, { id }: Container): Promise<boolean> =>
    edges.engine(engine).inspect(id).then((found) => found === undefined || !found.running, () => false);

  /** @returns why it could not be stopped, or that it is */
  const quarantine = async ({ engine, container }: OwnSandbox, because: string): Promise<unknown> => {
    const refusal = await edges.engine(engine).kill(container.id).then(() => undefined, (reason: unknown) => reason);
    if (refusal !== undefined && (await isGone(engine, container))) return ENDED;
    const error = refusal === undefined ? undefined : textOf(refusal);
    await ledger.record({ action: "sandbox.quarantined", target: container.name, because, outcome: error === undefined ? "done" : "failed", ...(error === undefined ? {} : { detail: error }) });
    // What is quarantined already tells of itself.
    if (error !== undefined || quarantined(container.id) === undefined) {
      findings.set(container.id, {
        id: "reconcile.quarantined",
        severity: "critical",
        detail: `${container.name} ${error === undefined ? "was stopped" : `could not be stopped (${error})`}: ${because}.`,
        remedy: RECREATE,
      });
    }
    return refusal ?? ENDED;
  };

  /** @returns false when the engine did not answer */
  const act = async (sandbox: OwnSandbox, { do: what, because }: Step, wanted: Limits | undefined): Promise<boolean> => {
    const deeds: Readonly<Record<Step["do"], () => Promise<unknown>>> = {
      limit: () => setLimits(sandbox, wanted!, because),
      quarantine: () => quarantine(sandbox, because),
      still: () => lockdown.still(sandbox, because).then(() => undefined, (reason: unknown) => reason),
    };
    const outcome = await deeds[what]();
    // What does not run any more can't be looked at, which must not be taken for something that can't be seen.
    tell(outcome === ENDED ? { ...sandbox, container: { ...sandbox.container, running: false, pid: 0 } } : sandbox, what);
    return !isSilence(outcome);
  };

  /** @returns false when the engine left something undone by not answering */
  const mend = async (sandboxes: readonly OwnSandbox[], host: HostFacts): Promise<boolean> => {
    const locked = lockdown.state() !== undefined;
    const limit = pLimit(AT_ONCE);
    let answered = true;
    await Promise.all(
      sandboxes.map((sandbox) =>
        limit(async () => {
          // OpenClaw's browser gets no limits from fortress at its creation either.
          const wanted = sandbox.container.labels["openclaw.sandboxBrowser"] === undefined ? configured(() => wantedFor(sandbox.container, host)) : undefined;
          const [held, why] = [quarantined(sandbox.container.id), frozen(sandbox.container)];
          for (const step of planReconcile(observe(sandbox.container, wanted), { locked, ...(held === undefined ? {} : { held }), ...(why === undefined ? {} : { frozen: why }) })) answered = (await act(sandbox, step, wanted)) && answered;
        }),
      ),
    );
    return answered;
  };

  return {
    async all(host) {
      const { sandboxes, unseen } = await listOurs(core, host);
      const there = new Set(sandboxes.map(({ container }) => container.id));
      // What did not help is tried again at each sweep.
      inVain.clear();
      for (const known of [told, findings]) for (const id of known.keys()) if (!there.has(id)) known.delete(id);
      for (const { engine, error } of unseen) findings.set(engine, { id: "reconcile.unseen", severity: "warn", detail: `The sandboxes of ${engine} can't be watched: ${textOf(error)}`, remedy: error instanceof FortressError ? error.remedy : `Check that "${engine} ps" answers for the gateway's user.` });
      const mended = await mend(sandboxes, host);
      return { sandboxes, complete: mended && unseen.length === 0 };
    },
    async some(engine, events, host) {
      const roots = rootsOf(core, host.workspaces);
      const open: string[] = [];
      for (const [id, what] of events) {
        const known = SEEN_BY_KERNEL.test(what) ? asItShouldBe(engine, id, host) : undefined;
        if (known) tell({ engine, container: known }, what);
        else open.push(id);
      }
      const found = await edges.engine(engine).inspectAll(open);
      const sandboxes = found.filter((container) => isOurs(container, roots)).map((container) => ({ engine, container }));
      for (const sandbox of sandboxes) tell(sandbox, events.get(sandbox.container.id)!);
      return mend(sandboxes, host);
    },
    isMade: (engine, id) => guard(engine).knows(id),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    findings: () => [...findings.values()],
  };
}

function remember(memory: Map<string, string>, { id }: Container, what: string | undefined): void {
  if (what === undefined) memory.delete(id);
  else memory.set(id, what);
}

/** True when the engine said nothing: the same may help the next time. */
function isSilence(error: unknown): boolean {
  return error instanceof FortressError && (error.code === "engine-silent" || error.code === "engine-missing");
}

/** Where the configuration is wrong nothing is known to be wanted; that every sandbox is refused is said elsewhere. */
function configured<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FortressError) return undefined;
    throw error;
  }
}
