/** What is remembered of what the operator was told. Times are ISO 8601. */
export interface NotifyState {
  /** What was told and is not over. */
  readonly told: readonly Told[];
  /** When messages were made; within the last hour. */
  readonly sent: readonly string[];
  /** Messages that the rate limit kept back since the last one. */
  readonly heldBack: number;
  /** Oldest first. */
  readonly queue: readonly Queued[];
  /** Why the last message did not get there; absent since one did. */
  readonly failure?: { readonly at: string; readonly reason: string };
}

export interface Told {
  readonly key: string;
  readonly detail: string;
  /** Since when it is not seen any more. */
  readonly missingSince?: string;
}

export interface Queued {
  readonly id: string;
  readonly text: string;
  readonly at: string;
  /** Begun, whatever came of them. */
  readonly attempts: number;
  /** Not before this. */
  readonly nextAt: string;
}

export const NOTHING_TOLD: NotifyState = { told: [], sent: [], heldBack: 0, queue: [] };

const VERSION = 1;
const MAX_BYTES = 2 ** 18;

/** What the text says; where it says nothing that can be believed, that nothing was told: twice is better than never. */
export function readNotifyState(text: string | undefined): NotifyState {
  if (text === undefined || text.length > MAX_BYTES) return NOTHING_TOLD;
  try {
    const { version, told, sent, heldBack, queue, failure } = JSON.parse(text) as Record<string, unknown>;
    const known = version === VERSION && isList(told, isTold) && isList(sent, isTime) && isCount(heldBack) && isList(queue, isQueued) && (failure === undefined || isFailure(failure));
    return known ? { told, sent, heldBack, queue, ...(failure === undefined ? {} : { failure }) } : NOTHING_TOLD;
  } catch {
    return NOTHING_TOLD;
  }
}

export function writeNotifyState(state: NotifyState): string {
  return `${JSON.stringify({ version: VERSION, ...state })}\n`;
}

type Fields = Record<string, unknown>;

function isTold(value: unknown): value is Told {
  const { key, detail, missingSince } = (value ?? {}) as Fields;
  return typeof key === "string" && typeof detail === "string" && (missingSince === undefined || isTime(missingSince));
}

function isQueued(value: unknown): value is Queued {
  const { id, text, at, attempts, nextAt } = (value ?? {}) as Fields;
  return typeof id === "string" && typeof text === "string" && isTime(at) && isCount(attempts) && isTime(nextAt);
}

function isFailure(value: unknown): value is NonNullable<NotifyState["failure"]> {
  const { at, reason } = (value ?? {}) as Fields;
  return isTime(at) && typeof reason === "string";
}

function isList<T>(value: unknown, is: (value: unknown) => value is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
