import { join } from "node:path";
import { assertRecipients, decryptFile, encryptFile } from "../edge/age-files.ts";
import { takeElsewhere } from "../edge/backup-afterwards.ts";
import { copyBytes, hashFile, isDatabase, linkFile, linkTarget, makeDirectory, statsOf, syncFile, syncTree } from "../edge/backup-files.ts";
import { backupStore } from "../edge/backup-store.ts";
import { walkForBackup } from "../edge/backup-walk.ts";
import { configReader } from "../edge/config-reader.ts";
import { checkDatabase } from "../edge/database-check.ts";
import { copyDatabase } from "../edge/database-copy.ts";
import { nodeFacts, realpathThroughAncestors } from "../edge/files.ts";
import { gatewayEvidence } from "../edge/gateway-evidence.ts";
import { LockBusy } from "../edge/lock.ts";
import { runWorker } from "../edge/process.ts";
import * as restore from "../edge/restore-files.ts";
import { runJob } from "../flows/backup-run.ts";
import type { BackupJob, BackupPlan } from "../flows/backup-job.ts";
import type { WorkerEdges } from "../flows/backup-worker.ts";
import { workerCommand } from "./backup-edges.ts";

/** This machine, for a process that works on backups. */
export function backupWorkerEdges(job: BackupJob): WorkerEdges {
  const uid = process.getuid?.() ?? 0;
  return {
    store: backupStore(job.directory),
    place: (plan) => placeFacts(plan, uid),
    isBusy: (error) => error instanceof LockBusy,
    walk: walkForBackup,
    isDatabase,
    copyBytes,
    copyDatabase,
    checkDatabase,
    hashFile,
    linkFile,
    linkTarget,
    makeDirectory,
    statsOf,
    syncFile,
    syncTree,
    uid,
    now: () => BigInt(Date.now()) * 1_000_000n,
    date: () => new Date(),
    monotonic: () => performance.now(),
    reader: configReader,
    check: (path, set, signal) => runJob({ run: runWorker, command: workerCommand(join(import.meta.dirname, "..")) }, { ...job, kind: "check", path, set }, signal, () => {}),
    assertRecipients,
    encrypt: encryptFile,
    decryptFile,
    afterwards: (what, path, name, signal) => takeElsewhere(what, path, name, job.deadlineMs, signal, maskSaid),
    gatewayEvidence,
    makeFresh: restore.makeFresh,
    makeLink: restore.makeLink,
    restoreFile: restore.restoreFile,
    setAttributes: restore.setAttributes,
    moveAside: restore.moveAside,
    moveTo: restore.moveTo,
    realOf: restore.realOf,
    isThere: restore.isThere,
    removeTree: restore.removeTree,
  };
}

/** Without the values of the secrets that this process can see; nothing where it can't tell which those are. */
async function maskSaid(said: string): Promise<string> {
  try {
    const { standaloneMask } = await import("./standalone-mask.ts");
    return standaloneMask(said);
  } catch {
    return "(what it said is not kept: it could not be searched for secrets)";
  }
}

/** Canonical, and with what is there. */
export function placeFacts({ directory, stateDir, mounted }: BackupPlan, uid: number): ReturnType<WorkerEdges["place"]> {
  const real = realpathThroughAncestors(directory);
  return { directory: real, stateDir, mounted: mounted.map(({ path, what }) => ({ path: realpathThroughAncestors(path), what })), node: nodeFacts(directory), uid };
}
