import type { Answer } from "../model/sandbox.ts";

export interface LivenessFacts {
  readonly answer: Answer;
  /** A signal stopped the sandbox's first process, so that nobody collects its ended processes. */
  readonly initStopped: boolean;
  /** A command of an agent runs in it. */
  readonly busy: boolean;
}

/** What is remembered of one sandbox name. Times are milliseconds of a clock that is never set. */
export interface LivenessMemory {
  readonly failures: number;
  /** When it was removed, to be made anew; within the last hour. */
  readonly restarts: readonly number[];
}

export type Remedy = { readonly because: string } & ({ readonly do: "wait" } | { readonly do: "restart" } | { readonly do: "quarantine" });

export const FRESH: LivenessMemory = { failures: 0, restarts: [] };
/** One failure may be a busy machine. */
const FAILURES = 2;
/** An hour of looks: a command beside which no other one could run for so long is what hangs. */
const BUSY_FAILURES = 12;
const WINDOW_MS = 60 * 60_000;
const BURST = 3;
/** After the first restart, doubled with each further one. */
const BACK_OFF_MS = 5 * 60_000;

/** Wait, restart, and at last quarantine; nothing where nothing is known or all is well. */
export function planLiveness({ failures, restarts }: LivenessMemory, { answer, initStopped, busy }: LivenessFacts, now: number): { readonly memory: LivenessMemory; readonly remedy?: Remedy } {
  const recent = restarts.filter((at) => now - at < WINDOW_MS);
  if (answer === "unknown") return { memory: { failures, restarts: recent } };
  if (answer === "alive" && !initStopped) return { memory: { failures: 0, restarts: recent } };
  const what = initStopped ? "its first process was stopped by a signal" : answer === "hung" ? "a trivial command in it does not end" : "a trivial command in it fails";
  const memory: LivenessMemory = { failures: failures + 1, restarts: recent };
  const wait = (why: string): { memory: LivenessMemory; remedy: Remedy } => ({ memory, remedy: { do: "wait", because: `${what}; ${why}` } });
  if (memory.failures < FAILURES) return wait("looked at again in five minutes");
  if (busy && memory.failures < BUSY_FAILURES) return wait("a command runs in it, which a restart would end");
  if (recent.length >= BURST) return { memory, remedy: { do: "quarantine", because: `${what}, after ${recent.length} restarts within an hour` } };
  if (recent.length > 0 && now - recent.at(-1)! < BACK_OFF_MS * 2 ** recent.length) return wait("restarted not long ago");
  return { memory: { failures: 0, restarts: [...recent, now] }, remedy: { do: "restart", because: what } };
}
