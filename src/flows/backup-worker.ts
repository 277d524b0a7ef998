import type { BackupStore } from "../edge/backup-store.ts";
import { assertElsewhere, assertPlace, type PlaceFacts } from "../backup/place.ts";
import type { Progress } from "../model/backup-results.ts";
import { FortressError, textOf } from "../model/errors.ts";
import { createBackup, type CreateEdges, pruneSets, rememberSets } from "./backup-create.ts";
import type { BackupJob, BackupPlan, ResultOf } from "./backup-job.ts";
import { drillBackup, restoreBackup, type RestoreEdges } from "./backup-restore.ts";
import { chooseSet, listSets } from "./backup-sets.ts";
import { checkFiles, verifySet } from "./backup-verify.ts";
import { readManifest } from "../backup/judge.ts";

export interface WorkerEdges extends CreateEdges, RestoreEdges {
  readonly store: BackupStore;
  readonly place: (plan: BackupPlan) => PlaceFacts;
  readonly isBusy: (error: unknown) => boolean;
}

/** One line for whoever started the process. */
export type Said = { readonly progress: Progress } | { readonly result: unknown } | { readonly error: { readonly code: string; readonly message: string; readonly remedy: string } };

/** Does one job and says how it ended; returns the exit code. Never rejects. */
export async function runBackupJob(edges: WorkerEdges, job: BackupJob, signal: AbortSignal, say: (said: Said) => void): Promise<number> {
  try {
    say({ result: await work(edges, job, signal, (progress) => say({ progress })) });
    return 0;
  } catch (error) {
    const known = asError(edges, error, signal);
    // Nothing is written where nothing may lie.
    if (job.kind === "create" && known.code === "backup-failed") rememberFailure(edges, known);
    say({ error: { code: known.code, message: known.message, remedy: known.remedy } });
    return 1;
  }
}

async function work(edges: WorkerEdges, job: BackupJob, signal: AbortSignal, progress: (progress: Progress) => void): Promise<ResultOf[BackupJob["kind"]]> {
  const { store } = edges;
  if (job.kind === "check") {
    const { files } = readManifest(store.manifest(job.path, Number.MAX_SAFE_INTEGER), job.set);
    return checkFiles(edges, files, (file) => `${job.path}/files/${file.root}/${file.path}`, signal);
  }
  if (!job.foreign) assertPlace(edges.place(job));
  if (job.kind === "create" && typeof job.afterwards === "string") assertElsewhere(edges.place({ ...job, directory: job.afterwards }));
  if (job.kind === "list") return listSets(store);
  if (job.kind === "verify") return verifySet(edges, store, chooseSet(store, job.set), signal);
  const input = { edges, store, plan: job, identity: "identity" in job ? job.identity : undefined, signal, progress };
  if (job.kind === "restore" && job.foreign) return restoreBackup(input, job);
  store.prepare();
  return store.exclusively(job.waitMs, async (held) => {
    if (job.kind === "create") return createBackup(edges, store, job, held, signal, progress);
    if (job.kind === "drill") return drillBackup(input);
    if (job.kind === "restore") return restoreBackup(input, job);
    const pruned = { ...pruneSets(store, job, job.dryRun), dryRun: job.dryRun };
    if (!job.dryRun) rememberSets(store, job.keep, store.state());
    return pruned;
  });
}

function asError(edges: WorkerEdges, error: unknown, signal: AbortSignal): FortressError {
  if (error instanceof FortressError) return error;
  if (edges.isBusy(error)) return new FortressError("backup-busy", `another process works on the backups (${textOf(error)}).`, "Wait until it is done, and try again.");
  if (signal.aborted) return new FortressError("backup-failed", (signal.reason as Error).name === "TimeoutError" ? "it took longer than backups.minutes." : "it was cancelled.", "Nothing was changed; try again.");
  return new FortressError("backup-failed", `${textOf(error)}.`, "Mend what it says and try again.");
}

/** Best effort: where the disk is full, this can't be written either. */
function rememberFailure(edges: WorkerEdges, { message, remedy }: FortressError): void {
  try {
    const { run: _, damaged: __, ...state } = edges.store.state();
    edges.store.writeState({ ...state, run: { at: edges.date().toISOString(), outcome: "failed", detail: message, remedy } });
  } catch {
    // Who started this process was told, and the age of the last set tells the rest.
  }
}
