import type { Clock } from "../../edge/clock.ts";
import { textOf } from "../../model/errors.ts";
import type { Finding } from "../../model/finding.ts";
import type { Maintenance } from "./run.ts";

/** Does the maintenance day by day, as long as it is not stopped. */
export interface Daily {
  start(): void;
  /** Ends what is under way, too. */
  stop(): void;
  findings(): readonly Finding[];
}

/** A gateway that just started has other things to do. */
const FIRST_MS = 30_000;
const EVERY_MS = 10 * 60_000;

/**
 * @param run does the whole of it in a process of its own, and resolves to why it did not come to its end
 */
export function createDaily(clock: Clock, maintenance: Pick<Maintenance, "begin" | "isDue">, run: (signal: AbortSignal) => Promise<string | undefined>): Daily {
  let underWay: AbortController | undefined;
  let forget = (): void => {};
  /** Why the last run came to no end. */
  let failure: string | undefined;

  // Nobody awaits it, and OpenClaw ends the gateway on a rejection that nobody takes.
  const look = async (mine: AbortController): Promise<void> => {
    try {
      await maintenance.begin();
      if (!mine.signal.aborted && maintenance.isDue()) failure = await run(mine.signal);
    } catch (error) {
      failure = textOf(error);
    }
    // From its end: what takes long is not followed by what was missed meanwhile.
    if (!mine.signal.aborted) forget = clock.after(EVERY_MS, () => void look(mine));
  };

  return {
    start() {
      const mine = (underWay = new AbortController());
      forget = clock.after(FIRST_MS, () => void look(mine));
    },
    stop() {
      forget();
      underWay?.abort();
      underWay = undefined;
    },
    findings: () => (failure === undefined ? [] : [{ id: "maintenance.failed", severity: "warn", detail: `The daily maintenance did not come to its end: ${failure}`, remedy: "It is tried again within an hour or two. By hand: openclaw fortress maintenance" }]),
  };
}
