import type { Container } from "../model/sandbox.ts";
import type { Core } from "./core.ts";

/** Tells a sandbox that somebody restarted from one that OpenClaw itself started. */
export interface Restarts {
  /**
   * OpenClaw is about to provide the sandbox of a scope. It starts one that is stopped, and no other:
   * what begins until the returned function is called is then its own deed. Reads procfs only.
   */
  providing(scopeKey: string): () => void;
  /**
   * Looks at a running sandbox's first process and remembers it.
   * @returns since when (milliseconds since the epoch) somebody else than OpenClaw started it anew; undefined where nobody did
   */
  see(container: Container): number | undefined;
  /** Forgets all but these, by full id. */
  keep(ids: ReadonlySet<string>): void;
}

interface Seen {
  readonly container: Container;
  readonly identity: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** While OpenClaw provided a sandbox that was stopped; in clock ticks since the boot. */
interface Turn {
  readonly scopeKey: string | undefined;
  readonly from: number;
  to: number;
}

/** Of one sandbox whose start was not seen yet: turns that failed before that. */
const MOST_TURNS = 20;
/** Source: USER_HZ, 100 on every architecture that Node runs on; proc_pid_stat(5), proc_uptime(5). */
const TICKS_PER_SECOND = 100;

export function createRestarts({ edges }: Core): Restarts {
  /** By full id. */
  const seen = new Map<string, Seen>();
  let turns: Turn[] = [];

  /** Of the same clock as the start of a process, and rounded down like that. */
  const uptime = (): number => Math.round(Number(edges.readKernel("/proc/uptime")?.split(" ", 1)[0]) * TICKS_PER_SECOND);
  const lives = ({ container: { pid }, identity }: Seen): boolean => edges.processIdentity(pid) === identity;

  return {
    providing(scopeKey) {
      const stopped = [...seen.values()].some((each) => keyOf(each.container) === scopeKey && !lives(each));
      if (!stopped) return () => {};
      const turn: Turn = { scopeKey, from: uptime(), to: Infinity };
      turns = [...turns, turn].slice(-MOST_TURNS);
      return () => void (turn.to = uptime());
    },
    see(container) {
      const identity = edges.isVisible(container) ? edges.processIdentity(container.pid) : undefined;
      if (identity === undefined) return undefined;
      const before = seen.get(container.id);
      // One that was made anew is another container.
      for (const [id, each] of seen) if (each.container.name === container.name) seen.delete(id);
      seen.set(container.id, { container, identity, at: edges.storeEdge.now() });
      if (!before || before.identity === identity) return undefined;
      const own = turns.some(({ scopeKey, from, to }) => scopeKey === keyOf(container) && Number(identity) >= from && Number(identity) <= to);
      turns = turns.filter(({ scopeKey, to }) => to === Infinity || scopeKey !== keyOf(container));
      return own ? undefined : before.at;
    },
    keep(ids) {
      for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    },
  };
}

function keyOf({ labels }: Container): string | undefined {
  return labels["openclaw.sessionKey"];
}
