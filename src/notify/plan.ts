import { createHash } from "node:crypto";
import type { Finding } from "../model/finding.ts";
import { counted } from "../model/units.ts";
import { composeNotice } from "./message.ts";
import type { NotifyState, Queued, Told } from "./state.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What is not seen once may only not have been looked at. */
const OVER_MS = 20_000;
const MAX_TOLD = 200;
const MAX_QUEUED = 20;
const MAX_DETAIL = 280;
/** Waits after the first and the second attempt; there is no fourth. */
const RETRY_MS = [5 * MINUTE, 15 * MINUTE];
export const ATTEMPTS = RETRY_MS.length + 1;
/** Yesterday's news wakes nobody. */
const EXPIRES_MS = 24 * HOUR;

export interface NoticeEvent extends Pick<Finding, "detail" | "remedy"> {
  /** True for what is not bad news. */
  readonly good?: boolean;
}

/** What it takes to make a message. */
export interface NoticeFrame {
  readonly now: Date;
  readonly perHour: number;
  readonly where: string;
  /** A new one at each call. */
  readonly newId: () => string;
}

/** Something critical, or a deed of the night that did not succeed as a whole. */
export function isNotable({ id, severity }: Pick<Finding, "id" | "severity">): boolean {
  return severity === "critical" || /^(maintenance\.(failed|overdue)|backup\.(failed|overdue|degraded|afterwards-failed))$/.test(id);
}

/**
 * Puts what the operator does not know yet into the queue, as one message: what is new, and what he
 * was told of and is over. Beyond the rate limit nothing is forgotten: it is told with the next one.
 *
 * @param complete false where more may be there than was looked at: nothing is over then
 */
export function planFindings(state: NotifyState, findings: readonly Finding[], complete: boolean, frame: NoticeFrame): NotifyState {
  const { now, perHour, where, newId } = frame;
  const sent = recent(state.sent, now);
  const notable = new Map(findings.filter(isNotable).map((finding) => [keyOf(finding), finding]));
  const told = state.told.map((each): Told => (notable.has(each.key) ? { key: each.key, detail: each.detail } : complete && !isPast(each.missingSince, now) ? { ...each, missingSince: now.toISOString() } : each));
  const over = told.filter(({ key, missingSince }) => complete && !notable.has(key) && now.getTime() - Date.parse(missingSince!) >= OVER_MS);
  const known = new Set(told.map(({ key }) => key));
  const news = [...notable].filter(([key]) => !known.has(key));
  if ((news.length === 0 && over.length === 0) || sent.length >= perHour) return { ...state, sent, told };
  const text = composeNotice(where, { news: news.map(([, finding]) => finding), good: over.map(({ detail }) => `No longer: ${detail}`), heldBack: state.heldBack });
  const left = told.filter((each) => !over.includes(each));
  return {
    ...enqueue({ ...state, sent }, text, { now, newId }),
    told: [...left, ...news.map(([key, { detail }]) => ({ key, detail: detail.slice(0, MAX_DETAIL) }))].slice(-MAX_TOLD),
  };
}

/** The same for something that happened once. Beyond the rate limit it is only counted. */
export function planEvent(state: NotifyState, { detail, remedy, good = false }: NoticeEvent, { now, perHour, where, newId }: NoticeFrame): NotifyState {
  const sent = recent(state.sent, now);
  if (sent.length >= perHour) return { ...state, sent, heldBack: state.heldBack + 1 };
  return enqueue({ ...state, sent }, composeNotice(where, { news: good ? [] : [{ detail, remedy }], good: good ? [detail] : [], heldBack: state.heldBack }), { now, newId });
}

/** Which messages to deliver now, and the state in which these attempts have begun: who dies in one does not begin it for ever. */
export function claim(state: NotifyState, now: Date): { readonly state: NotifyState; readonly due: readonly Queued[] } {
  const fresh = state.queue.filter(({ at }) => now.getTime() - Date.parse(at) < EXPIRES_MS);
  const lost = state.queue.length - fresh.length;
  const due = fresh.filter(({ at, nextAt, attempts }) => attempts < ATTEMPTS && (isPast(nextAt, now) || !isPast(at, now)));
  const begun = new Map(due.map((each) => [each.id, { ...each, attempts: each.attempts + 1, nextAt: new Date(now.getTime() + (RETRY_MS[each.attempts] ?? EXPIRES_MS)).toISOString() }]));
  const queue = fresh.flatMap((each) => begun.get(each.id) ?? (each.attempts >= ATTEMPTS ? [] : each));
  const failure = lost === 0 ? {} : { failure: { at: now.toISOString(), reason: `${counted(lost, "message")} could not be delivered within a day` } };
  return { state: { ...state, queue, ...failure }, due };
}

/** What is left after the attempts. @param failed why a message did not get there, by its id; the others did */
export function settle(state: NotifyState, tried: readonly Queued[], failed: ReadonlyMap<string, string>, now: Date): NotifyState {
  if (tried.length === 0) return state;
  const queue = state.queue.filter(({ id, attempts }) => !tried.some((each) => each.id === id) || (failed.has(id) && attempts < ATTEMPTS));
  const reason = [...failed.values()].at(-1);
  const { failure: _, ...rest } = state;
  return { ...rest, queue, ...(reason === undefined ? {} : { failure: { at: now.toISOString(), reason } }) };
}

function enqueue(state: NotifyState, text: string, { now, newId }: Pick<NoticeFrame, "now" | "newId">): NotifyState {
  const at = now.toISOString();
  return { ...state, heldBack: 0, sent: [...state.sent, at], queue: [...state.queue, { id: newId(), text, at, attempts: 0, nextAt: at }].slice(-MAX_QUEUED) };
}

/** The same thing keeps its key although its numbers change. */
function keyOf({ id, detail }: Finding): string {
  return `${id}:${createHash("sha256").update(detail.replace(/\d+(\.\d+)?/g, "#")).digest("hex").slice(0, 16)}`;
}

/** Without what was sent tomorrow, before somebody set the clock. */
function recent(sent: readonly string[], now: Date): readonly string[] {
  return sent.filter((at) => isPast(at, now) && now.getTime() - Date.parse(at) < HOUR);
}

function isPast(at: string | undefined, now: Date): boolean {
  return at !== undefined && Date.parse(at) <= now.getTime();
}
