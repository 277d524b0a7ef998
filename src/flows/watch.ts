import type { EngineEvent } from "../edge/engine-events.ts";
import type { Followed } from "../edge/process.ts";
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
  findings(): readonly Finding[];
}

/** What is done besides at every sweep; never rejects. */
export type AtSweep = (sandboxes: readonly OwnSandbox[]) => Promise<void>;

export const SWEEP_MS = 5 * 60_000;
/** Events come in groups: one look answers them all. */
const GATHER_MS = 150;
/** A sandbox that OpenClaw makes gets its limits from fortress a moment later anyway: only what does not is looked at. */
const BIRTH = /^(create|init|start)$/;
const BIRTH_MS = 1_200;
const HEARTBEAT_MS = 5_000;
const BACK_OFF_MS = { first: 1_000, most: 60_000 };
/** A stream that lived so long worked. */
const STABLE_MS = 30_000;
/** So many streams that ended at once, and drift is noticed by the sweep only. */
const BLIND_AFTER = 3;

interface Stream {
  followed: Followed | undefined;
  startedAt: number;
  failures: number;
  reason: string;
  forget: () => void;
}

export function createWatch({ clock, follow }: Edges["watch"], reconcile: Reconcile, ledger: LedgerFlow, atSweep: AtSweep): Watch {
  const streams = new Map<EngineId, Stream>();
  const waiting = new Map<EngineId, Map<string, string>>();
  let host: (() => HostFacts) | undefined;
  /** What is under way and what is to be done after it; ticks and events never pile up behind a slow engine. */
  let busy = false;
  let sweepDue = false;
  let forgetSweep = (): void => {};
  let gathering: { readonly due: number; readonly forget: () => void } | undefined;
  let forgetHeartbeat = (): void => {};

  const work = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      while (host && (sweepDue || waiting.size > 0)) {
        if (sweepDue) await sweep(host());
        else await look(host());
      }
    } finally {
      busy = false;
    }
  };

  const sweep = async (facts: HostFacts): Promise<void> => {
    sweepDue = false;
    waiting.clear();
    forgetSweep();
    for (const [engine, stream] of streams) if (!facts.engines.includes(engine)) drop(engine, stream);
    for (const engine of facts.engines) if (!streams.has(engine)) open(engine);
    const sandboxes = await reconcile.all(facts);
    if (host) await atSweep(sandboxes);
    // From its end, so that a stall is followed by one sweep and not by those that were missed.
    if (host) forgetSweep = clock.after(SWEEP_MS, demand);
  };

  const look = async (facts: HostFacts): Promise<void> => {
    const [engine, events] = waiting.entries().next().value!;
    waiting.delete(engine);
    try {
      await reconcile.some(engine, events, facts);
    } catch {
      // The engine does not answer: the sweep will say so, and sees what was missed.
      sweepDue = true;
    }
  };

  const demand = (): void => {
    sweepDue = true;
    void work();
  };

  const gather = (engine: EngineId, { id, what }: EngineEvent): void => {
    const events = waiting.get(engine) ?? new Map<string, string>();
    waiting.set(engine, events.set(id, what));
    const due = clock.now() + (BIRTH.test(what) ? BIRTH_MS : GATHER_MS);
    if (gathering && gathering.due <= due) return;
    gathering?.forget();
    gathering = {
      due,
      forget: clock.after(due - clock.now(), () => {
        gathering = undefined;
        void work();
      }),
    };
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
    stream.forget = clock.after(Math.min(BACK_OFF_MS.first * 2 ** (stream.failures - 1), BACK_OFF_MS.most), () => {
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
      heartbeat();
      demand();
    },
    stop() {
      host = undefined;
      for (const forget of [forgetSweep, forgetHeartbeat, gathering?.forget]) forget?.();
      gathering = undefined;
      waiting.clear();
      for (const [engine, stream] of streams) drop(engine, stream);
    },
    findings: () =>
      [...streams]
        .filter(([, { failures, followed, startedAt }]) => failures >= BLIND_AFTER && (followed === undefined || clock.now() - startedAt < STABLE_MS))
        .map(([engine, { reason }]) => ({ id: "reconcile.blind", severity: "warn", detail: `Changes of sandboxes by hand are noticed within ${SWEEP_MS / 60_000} minutes only: ${reason}.`, remedy: `Run "${engine} events" as the gateway's user and mend what it says.` })),
  };
}
