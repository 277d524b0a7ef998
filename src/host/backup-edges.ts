import { homedir } from "node:os";
import { join } from "node:path";
import { backupStore } from "../edge/backup-store.ts";
import { configReader } from "../edge/config-reader.ts";
import { exists } from "../edge/files.ts";
import { runWorker } from "../edge/process.ts";
import type { BackupEdge } from "../flows/backup-run.ts";
import { readConfigFile } from "../installation/config-file.ts";
import { endpointOf } from "../installation/endpoint.ts";
import { locate } from "../installation/locate.ts";

/** Leaves the disk to everybody else, where the system has such a class. */
const IDLE = ["/usr/bin/ionice", "/bin/ionice"];

/** @param programDir the folder of the installed plugin, or of its source */
export function workerCommand(programDir: string): string[] {
  const program = ["backup-worker.mjs", "backup-worker.mts"].map((name) => join(programDir, "bin", name)).find(exists) ?? join(programDir, "bin/backup-worker.mjs");
  const idle = IDLE.find(exists);
  return [...(idle === undefined ? [] : [idle, "-c", "3"]), process.execPath, "--no-warnings", program];
}

/** Backups on this machine. */
export function backupEdge(programDir: string): BackupEdge {
  const found = locate(process.env, homedir(), exists);
  return {
    runner: { run: runWorker, command: workerCommand(programDir) },
    store: backupStore,
    includeRoots: found.includeRoots,
    endpoint: () => endpointOf(readConfigFile(found, configReader), process.env, found.profile),
    date: () => new Date(),
  };
}
