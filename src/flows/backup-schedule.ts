import { planRun } from "../backup/due.ts";
import type { Clock } from "../edge/clock.ts";
import { describeError, FortressError } from "../model/errors.ts";
import type { Backups } from "./backup.ts";
import type { Core } from "./core.ts";
import type { HostFacts } from "./status.ts";

export interface BackupSchedule {
  /** Makes the daily backup when it is due, until it is stopped. */
  start(host: () => HostFacts, log: { info(text: string): void; error(text: string): void }): void;
  /** Ends one that is under way, cleanly. */
  stop(): void;
}

const LOOK_MS = 5 * 60_000;

export function createBackupSchedule(core: Core, backups: Backups, clock: Clock, date: () => Date): BackupSchedule {
  let forget = (): void => {};
  let abort: AbortController | undefined;
  let beganAt: number | undefined;

  /** A gateway that starts has other things to do. With a wrong configuration there is nothing to wait for. */
  const firstLookMs = (): number => {
    try {
      return core.resolve().config.backups.startMinutes * 60_000;
    } catch (error) {
      if (error instanceof FortressError) return LOOK_MS;
      throw error;
    }
  };

  const isDue = (): boolean => {
    const { enabled, hour } = core.resolve().config.backups;
    return enabled && planRun({ now: date(), sinceRunMs: beganAt === undefined ? undefined : clock.now() - beganAt, run: backups.state().run, hour }).due;
  };

  /** Nobody awaits it, and OpenClaw ends the gateway on a rejection that nobody takes. */
  const look = async (host: () => HostFacts, log: { info(text: string): void; error(text: string): void }, { signal }: AbortController): Promise<void> => {
    try {
      if (!isDue()) return;
      beganAt = clock.now();
      const { set, unfinished } = await backups.create(host, "daily", { signal });
      log.info(`fortress: backup ${set.id} is ${set.status}`);
      if (unfinished !== undefined) log.error(`fortress: backup ${set.id}: ${unfinished}`);
    } catch (error) {
      // With a wrong configuration there is no hour; every sandbox is refused then, and says so.
      if (!(error instanceof FortressError && error.code === "config-invalid") && !signal.aborted) log.error(describeError(error));
    }
  };

  return {
    start(host, log) {
      const mine = (abort = new AbortController());
      const schedule = (ms: number): void => {
        forget = clock.after(ms, () => void look(host, log, mine).then(() => !mine.signal.aborted && schedule(LOOK_MS)));
      };
      schedule(firstLookMs());
    },
    stop() {
      forget();
      abort?.abort();
      abort = undefined;
    },
  };
}
