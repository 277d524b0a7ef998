import type { BackupStore } from "../edge/backup-store.ts";
import type { RunWorker } from "../edge/process.ts";
import type { Progress } from "../model/backup-results.ts";
import { type ErrorCode, FortressError } from "../model/errors.ts";
import type { BackupJob, IntoPlace, ResultOf } from "./backup-job.ts";
import type { Said } from "./backup-worker.ts";

export interface JobRunner {
  readonly run: RunWorker;
  /** Starts the program that does a job. */
  readonly command: readonly string[];
}

/** What backups need of the outside. */
export interface BackupEdge {
  readonly runner: JobRunner;
  readonly store: (directory: string) => BackupStore;
  /** From where OpenClaw's configuration may include files, beside its own directory. */
  readonly includeRoots: readonly string[];
  /** Where the gateway listens. @throws FortressError `host-config-unreadable` */
  readonly endpoint: () => IntoPlace;
  readonly date: () => Date;
}

/** The worker ends by its own deadline before this. */
const SLACK_MS = 15_000;
const GRACE_MS = 10_000;
/** Of a program that crashed, for its error. */
const MAX_SAID = 300;

/**
 * Has a job done by a process of its own.
 *
 * @throws FortressError with what the process says, or `backup-failed` when it says nothing
 */
export async function runJob<J extends BackupJob>({ run, command }: JobRunner, job: J, signal: AbortSignal, progress: (progress: Progress) => void): Promise<ResultOf[J["kind"]]> {
  const said: { last?: Said } = {};
  const [program, ...args] = command;
  const { code, stderr, timedOut, missing } = await run(program!, args, {
    input: JSON.stringify(job),
    deadlineMs: job.deadlineMs + SLACK_MS,
    graceMs: GRACE_MS,
    signal,
    line(text) {
      const parsed = parse(text);
      if (parsed && "progress" in parsed) progress(parsed.progress);
      else if (parsed) said.last = parsed;
    },
  });
  const { last } = said;
  if (last && "result" in last && code === 0) return last.result as ResultOf[J["kind"]];
  if (last && "error" in last) throw new FortressError(last.error.code as ErrorCode, last.error.message, last.error.remedy);
  const because = missing ? `${program} is not there` : timedOut ? "it did not end in time" : signal.aborted ? "it was cancelled" : `its process ended with ${code ?? "a signal"}${stderr ? `: ${stderr.trim().slice(-MAX_SAID)}` : ""}`;
  throw new FortressError("backup-failed", `${because}.`, "Try again; what it left is removed by the next run.");
}

function parse(line: string): Said | undefined {
  try {
    return JSON.parse(line) as Said;
  } catch {
    return undefined;
  }
}
