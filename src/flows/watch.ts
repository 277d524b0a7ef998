import type { EngineEvent } from "../edge/engine-events.ts";
import type { Followed } from "../edge/process.ts";
import { textOf } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { EngineId } from "../model/sandbox.ts";
import type { Edges } from "./core.ts";
import type { LedgerFlow } from "./ledger.ts";
import type { OwnSandbox } from "./ours.ts";
import type { Reconcile } from "./reconcile.ts";
import type { HostFacts } from "./status.ts";

export interface Watch {
  /** Looks at once, then at every event and every {@link SWEEP_MS}, until it is stopped. */
  start(host: () => HostFacts): void;
  stop(): void;
  /**
   * Does what makes a sandbox, or finds it as it was. What happens to a new one before fortress had it
   * is looked at when that is done.
   *
   * @param scope OpenClaw's key of whom it is for
   */
  making<T>(engine: EngineId, scope: string, make: () => Promise<T>): Promise<T>;
  findings(): readonly Finding[];
}

/** What is done besides at every sweep that is due by the clock, and may take as long as a sandbox that hangs. */
export type AtSweep = (sandboxes: readonly OwnSandbox[]) => Promise<void>;

export const SWEEP_MS = 5 * 60_000;
/** After anything else there is nothing to mend: what is not yet started, stopped, paused or gone uses nothing. */
const CALLS_FOR_A_LOOK = /^(init|start|restart|restore|unpause|update|rename)$/;
/** Events come in groups: one look answers them all. */
const GATHER_MS = 150;
/** The making of a sandbox that takes longer is not waited for. */
const BIRTH_MS = 6_000;
const HEARTBEAT_MS = 5_000;
const BACK_OFF_MS = { first: 1_000, most: 60_000 };
/** After a look at all to which an engine did not answer. */
const REPEAT_MS = { first: 5_000, most: SWEEP_MS };
/** A stream that lived so long worked. */
const STABLE_MS = 30_000;
/** So many streams that ended at once, and drift is noticed by the sweep only. */
const BLIND_AFTER = 3;

interface Waiting {
  readonly what: string;
  readonly due: number;
  readonly scope: string | undefined;
}

interface Stream {
  followed: Followed | undefined;
  startedAt: number;
  failures: number;
  reason: string;
  forget: () => void;
}

export function createWatch({ clock, follow, sign }: Edges["watch"], reconcile: Reconcile, ledger: LedgerFlow, atSweep: AtSweep): Watch {
  const streams = new Map<EngineId, Stream>();
  /** By engine and container: what happened, and when to look. */
  const waiting = new Map<EngineId, Map<string, Waiting>>();
  /** How many are being made, by engine and scope. */
  const births = new Map<string, number>();
  let host: (() => HostFacts) | undefined;
  /** What is under way and what is to be done after it; ticks and events never pile up behind a slow engine. */
  let busy = false;
  let sweepDue = false;
  /** Also what is done besides. A sweep between two of these does not do it: it counts on the time from one to the next. */
  let tendDue = false;
  let tending = false;
  /** Looks at all in a row to which an engine did not answer. */
  let incomplete = 0;
  /** Why the last sweep came to no end, and what is done besides. */
  let failure: string | undefined;
  let untended: string | undefined;
  let forgetSweep = (): void => {};
  let forgetRepeat = (): void => {};
  let forgetLook = (): void => {};
  let forgetHeartbeat = (): void => {};

  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      for (let engine = overdue(); host && (sweepDue || engine !== undefined); engine = overdue()) {
        if (sweepDue) await sweep(host);
        else await look(engine!, host);
      }
    } finally {
      busy = false;
      schedule();
    }
  };

  /** Nobody awaits it, and OpenClaw ends the gateway on a rejection that nobody takes. */
  const sweep = async (facts: () => HostFacts): Promise<void> => {
    const tends = tendDue;
    sweepDue = tendDue = false;
    waiting.clear();
    forgetRepeat();
    const seen = await lookAtAll(facts, tends).then((complete) => ({ complete, failure: undefined }), (error: unknown) => ({ complete: false, failure: textOf(error) }));
    failure = seen.failure;
    incomplete = seen.complete ? 0 : incomplete + 1;
    if (!host) return;
    sign.leave();
    if (!seen.complete) forgetRepeat = clock.after(backOff(REPEAT_MS, incomplete), demand);
    // From its end, so that a stall is followed by one sweep and not by those that were missed.
    if (tends) forgetSweep = clock.after(SWEEP_MS, sweepAndTend);
  };

  const lookAtAll = async (hostFacts: () => HostFacts, tends: boolean): Promise<boolean> => {
    const facts = hostFacts();
    for (const [engine, stream] of streams) if (!facts.engines.includes(engine)) drop(engine, stream);
    for (const engine of facts.engines) if (!streams.has(engine)) open(engine);
    const { sandboxes, complete } = await reconcile.all(facts);
    if (host && tends && !tending) void tend(sandboxes);
    return complete;
  };

  /** Not awaited: drift in one sandbox must not wait for another one that hangs. */
  const tend = async (sandboxes: readonly OwnSandbox[]): Promise<void> => {
    tending = true;
    untended = await atSweep(sandboxes).then(() => undefined, textOf);
    tending = false;
  };

  const overdue = (): EngineId | undefined => [...waiting].find(([, events]) => [...events.values()].some(({ due }) => due <= clock.now()))?.[0];

  const look = async (engine: EngineId, facts: () => HostFacts): Promise<void> => {
    const events = waiting.get(engine)!;
    const now = [...events].filter(([, { due }]) => due <= clock.now());
    for (const [id] of now) events.delete(id);
    let answered = false;
    try {
      answered = await reconcile.some(engine, new Map(now.map(([id, { what }]) => [id, what])), facts());
    } catch {
      // The sweep says so, and sees what was missed.
    }
    if (!answered) sweepDue = true;
  };

  const demand = (): void => {
    sweepDue = true;
    void work();
  };

  const sweepAndTend = (): void => {
    tendDue = true;
    demand();
  };

  const gather = (engine: EngineId, { id, what, scope }: EngineEvent): void => {
    if (!CALLS_FOR_A_LOOK.test(what)) return;
    const events = waiting.get(engine) ?? new Map<string, Waiting>();
    const soon = clock.now() + GATHER_MS;
    const isBorn = scope !== undefined && births.has(birthOf(engine, scope)) && !reconcile.isMade(engine, id);
    const due = Math.min(events.get(id)?.due ?? Infinity, isBorn ? clock.now() + BIRTH_MS : soon);
    waiting.set(engine, events.set(id, { what, due, scope }));
    schedule();
  };

  /** What happened to it while it was made is due now. */
  const born = (engine: EngineId, scope: string): void => {
    const events = waiting.get(engine);
    for (const [id, event] of events ?? []) if (event.scope === scope) events!.set(id, { ...event, due: Math.min(event.due, clock.now() + GATHER_MS) });
    schedule();
  };

  const schedule = (): void => {
    forgetLook();
    const next = Math.min(...[...waiting.values()].flatMap((events) => [...events.values()].map(({ due }) => due)));
    if (host && next < Infinity) forgetLook = clock.after(Math.max(0, next - clock.now()), () => void work());
  };

  const open = (engine: EngineId): void => {
    const stream = streams.get(engine) ?? { followed: undefined, startedAt: 0, failures: 0, reason: "", forget: () => {} };
    streams.set(engine, stream);
    stream.startedAt = clock.now();
    stream.followed = follow(engine, {
      event: (event) => gather(engine, event),
      ended: (reason) => reopen(engine, stream, reason),
    });
  };

  const reopen = (engine: EngineId, stream: Stream, reason: string): void => {
    const stable = clock.now() - stream.startedAt >= STABLE_MS;
    stream.followed = undefined;
    stream.reason = reason;
    stream.failures = stable ? 1 : stream.failures + 1;
    stream.forget = clock.after(backOff(BACK_OFF_MS, stream.failures), () => {
      open(engine);
      // What happened meanwhile was told to nobody.
      if (stream.failures <= BLIND_AFTER) demand();
    });
  };

  const drop = (engine: EngineId, { followed, forget }: Stream): void => {
    forget();
    followed?.stop();
    streams.delete(engine);
  };

  const heartbeat = (): void => {
    for (const [engine, stream] of streams) {
      if (!stream.followed?.stalled()) continue;
      stream.followed.stop();
      void ledger.record({ action: "events.restarted", target: engine, because: `${engine} events stood still`, outcome: "done" });
      reopen(engine, stream, `${engine} events stood still`);
    }
    forgetHeartbeat = clock.after(HEARTBEAT_MS, heartbeat);
  };

  return {
    start(facts) {
      host = facts;
      sign.leave();
      heartbeat();
      sweepAndTend();
    },
    stop() {
      if (host) sign.withdraw();
      host = undefined;
      waiting.clear();
      for (const forget of [forgetSweep, forgetRepeat, forgetHeartbeat, forgetLook]) forget();
      for (const [engine, stream] of streams) drop(engine, stream);
    },
    async making(engine, scope, make) {
      const birth = birthOf(engine, scope);
      births.set(birth, (births.get(birth) ?? 0) + 1);
      try {
        return await make();
      } finally {
        const left = births.get(birth)! - 1;
        if (left > 0) births.set(birth, left);
        else {
          births.delete(birth);
          born(engine, scope);
        }
      }
    },
    findings: () => [
      ...[failure, untended].filter((each) => each !== undefined).map((each) => ({ id: "reconcile.failed", severity: "warn" as const, detail: `The last look at all sandboxes did not come to its end: ${each}`, remedy: `It is tried again within ${SWEEP_MS / 60_000} minutes. If it stays so, restart the gateway and look at its log.` })),
      ...[...streams]
        .filter(([, { failures, followed, startedAt }]) => failures >= BLIND_AFTER && (followed === undefined || clock.now() - startedAt < STABLE_MS))
        .map(([engine, { reason }]) => ({ id: "reconcile.blind", severity: "warn" as const, detail: `Changes of sandboxes by hand are noticed within ${SWEEP_MS / 60_000} minutes only: ${reason}.`, remedy: `Run "${engine} events" as the gateway's user and mend what it says.` })),
    ],
  };
}

function birthOf(engine: EngineId, scope: string): string {
  return `${engine} ${scope}`;
}

/** @param failures in a row, the last one included */
function backOff({ first, most }: { readonly first: number; readonly most: number }, failures: number): number {
  return Math.min(first * 2 ** (failures - 1), most);
}
