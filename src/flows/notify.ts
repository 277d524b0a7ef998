import type { CounterFile } from "../edge/counter-file.ts";
import { textOf } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Route } from "../model/notice.ts";
import { claim, type NoticeEvent, type NoticeFrame, planEvent, planFindings, settle } from "../notify/plan.ts";
import { type NotifyState, type Queued, readNotifyState, writeNotifyState } from "../notify/state.ts";

/** The outside world, as far as telling somebody needs it. */
export interface NotifyEdges {
  /** Shared by every process that tells something. */
  readonly state: CounterFile;
  readonly now: () => Date;
  readonly newId: () => string;
  /** The machine, for who has several. */
  readonly where: string;
  /** Undefined where the operator chose nobody to be told. May throw. */
  readonly settings: () => { readonly perHour: number } | undefined;
  /** Every way to the operator that this process has, the best first; the next is tried where one fails. */
  readonly routes: () => readonly Route[];
  /** A copy in which every known secret value is masked. */
  readonly mask: <T>(data: T) => T;
}

/** Tells the operator. Nothing here ever rejects: that somebody could not be told is a finding. */
export interface Notifier {
  /** @param complete false where more may be there than was looked at */
  observe(findings: readonly Finding[], complete: boolean): Promise<void>;
  tell(event: NoticeEvent): Promise<void>;
  findings(): readonly Finding[];
}

const MOST_REASON = 300;

export function createNotifier(edges: NotifyEdges): Notifier {
  const { state: file, now, newId, where, settings, routes } = edges;
  /** Why not even the state could be kept. */
  let broken: string | undefined;
  /** What this process knows of what was told, while that can't be written down. */
  let unkept: NotifyState | undefined;

  const chosen = (): { readonly perHour: number } | undefined => {
    try {
      return settings();
    } catch {
      // That the configuration is wrong is said elsewhere, and by whom it could be told is not known.
      return undefined;
    }
  };
  const keep = (next: (state: NotifyState) => NotifyState): Promise<boolean | undefined> =>
    file.exclusively(async () => {
      const text = file.read();
      const before = readNotifyState(text);
      const after = writeNotifyState(next(unkept ? { ...unkept, queue: [...before.queue, ...unkept.queue] } : before));
      if (after !== text) file.write(after);
      unkept = undefined;
      return true;
    });
  /**
   * On a full disk, or one that is read-only, the process goes on by what it remembers itself. What was
   * queued before stays where it is: any process could send it, and none could say that it did.
   *
   * @param anew this happened now; what is only still so may have been told by the process before this one
   */
  const change = async (next: (state: NotifyState) => NotifyState, anew = false): Promise<boolean | undefined> => {
    try {
      return await keep(next);
    } catch (error) {
      broken = reasonOf(error);
      const remembers = anew || unkept !== undefined;
      unkept ??= { ...readNotifyState(file.read()), queue: [] };
      if (!remembers) throw error;
      unkept = next(unkept);
      return true;
    }
  };

  const deliver = async ({ id, text }: Queued, ways: readonly Route[]): Promise<string | undefined> => {
    const reasons: string[] = [];
    for (const { kind, send } of ways) {
      try {
        await send({ id, text });
        return undefined;
      } catch (error) {
        reasons.push(`${kind}: ${edges.mask(textOf(error))}`);
      }
    }
    return reasons.join("; ").slice(0, MOST_REASON);
  };

  const flush = async (): Promise<void> => {
    const ways = routes();
    // Who has no way leaves it to who has one, such as the gateway when it is back.
    if (ways.length === 0) return;
    let due: readonly Queued[] = [];
    const claimed = await change((state) => {
      const begun = claim(state, now());
      ({ due } = begun);
      return begun.state;
    });
    if (!claimed || due.length === 0) return;
    const failed = new Map<string, string>();
    for (const each of due) {
      const reason = await deliver(each, ways);
      if (reason !== undefined) failed.set(each.id, reason);
    }
    await change((state) => settle(state, due, failed, now()));
  };

  const work = async (plan: (state: NotifyState, frame: NoticeFrame) => NotifyState, anew: boolean): Promise<void> => {
    const asked = chosen();
    if (!asked) return;
    try {
      const kept = await change((state) => plan(state, { now: now(), perHour: asked.perHour, where, newId }), anew);
      if (!kept) throw new Error("another process keeps what was told to itself");
      await flush();
      if (!unkept) broken = undefined;
    } catch (error) {
      broken = reasonOf(error);
    }
  };

  return {
    observe: (findings, complete) => work((state, frame) => planFindings(state, edges.mask(findings), complete, frame), false),
    tell: (event) => work((state, frame) => planEvent(state, edges.mask(event), frame), true),
    findings() {
      if (!chosen()) return [];
      const failure = readNotifyState(file.read()).failure;
      const reason = broken ?? (failure && `${failure.reason} (${failure.at.slice(0, 16)}Z)`);
      const what = unkept ? "What the operator is told of can't be kept, so some of it may not be told, or twice" : "The operator could not be told of something";
      return reason === undefined ? [] : [{ id: "notify.failed", severity: "warn", detail: `${what}: ${reason}.`, remedy: "Mend what it says, or name another way in notify of the configuration of fortress. Try it: openclaw fortress notify --test" }];
    },
  };
}

function reasonOf(error: unknown): string {
  return textOf(error).slice(0, MOST_REASON);
}
