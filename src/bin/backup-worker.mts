/**
 * Works on backups, in a process of its own: one job from standard input, one line of JSON for each step
 * and for the result. Never inside the gateway: a live database that is opened and closed there by other
 * means than SQLite loses its locks.
 */
import { setPriority } from "node:os";
import { text } from "node:stream/consumers";
import { backupWorkerEdges } from "../host/backup-worker-edges.ts";
import { runBackupJob } from "../flows/backup-worker.ts";
import type { BackupJob } from "../flows/backup-job.ts";

const LOWEST = 19;
/** Of ten seconds after SIGTERM. */
const TIDY_MS = 8_000;

process.umask(0o077);
const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
// Who reads may be gone; the work goes on.
process.stdout.on("error", () => {});
try {
  setPriority(LOWEST);
} catch {
  // Then it competes like any other.
}

const job = JSON.parse(await text(process.stdin)) as BackupJob;
const abort = new AbortController();
const deadline = setTimeout(() => abort.abort(new DOMException("deadline", "TimeoutError")), job.deadlineMs);
deadline.unref();
const edges = backupWorkerEdges(job);
const stop = (): void => {
  abort.abort();
  // One step of SQLite's can't be interrupted, and Node waits for it at its end.
  setTimeout(() => {
    // It may still be waiting for another process: what that one works on is not ours.
    edges.store.cleanOwn();
    process.kill(process.pid, "SIGKILL");
  }, TIDY_MS).unref();
};
process.on("SIGTERM", stop).on("SIGINT", stop);
process.exitCode = await runBackupJob(edges, job, abort.signal, say);
process.off("SIGTERM", stop).off("SIGINT", stop);
