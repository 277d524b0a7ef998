import { dirname, join } from "node:path";
import { monotonicClock } from "../edge/clock.ts";
import { bootId, counterFile, monotonicMs } from "../edge/counter-file.ts";
import { createMeasureTrees, measureFile } from "../edge/disk-use.ts";
import { createFollowEvents } from "../edge/engine-events.ts";
import { createDescribe } from "../edge/engine-text.ts";
import { evidenceStore } from "../edge/evidence.ts";
import { createEngine } from "../edge/engine.ts";
import { createStoreEdge, exists, layout } from "../edge/files.ts";
import { createFolders } from "../edge/folders.ts";
import { createImages } from "../edge/images.ts";
import { isVisible, processIdentity, readKernelFile, readMachine, readMounts } from "../edge/kernel.ts";
import { createLedger } from "../edge/ledger.ts";
import { createLockdownFile } from "../edge/lockdown.ts";
import { listLogFiles } from "../edge/log-files.ts";
import { createPostureEdge } from "../edge/posture.ts";
import { lowerPriority } from "../edge/priority.ts";
import { privateFiles } from "../edge/private-files.ts";
import { createIsolationEdge } from "../edge/probe.ts";
import { followProcess, runProcess } from "../edge/process.ts";
import { createQuarantineFile } from "../edge/quarantine.ts";
import { readSandboxRegistry } from "../edge/sandbox-registry.ts";
import { createSignOfLife } from "../edge/sign-of-life.ts";
import { createTreeWalker } from "../edge/tree.ts";
import type { Edges } from "../flows/core.ts";
import { backupEdge } from "./backup-edges.ts";
import { configFile, guardedPlaces } from "./places.ts";

/**
 * This machine, for a gateway with the given HOME and state directory.
 *
 * @param programDir the folder of the installed plugin; OpenClaw runs the plugin from a copy that goes with it
 */
export function localEdges(home: string, stateDir: string, secrets: Edges["secrets"], programDir = dirname(import.meta.dirname)): Edges {
  const engines = { podman: createEngine("podman", runProcess), docker: createEngine("docker", runProcess) };
  const images = { podman: createImages("podman", runProcess), docker: createImages("docker", runProcess) };
  return {
    home,
    stateDir,
    engine: (id) => engines[id],
    layout,
    machine: readMachine(),
    storeEdge: createStoreEdge(process.getuid?.() ?? 0),
    secrets,
    privateFiles,
    scan: { walker: createTreeWalker, describe: createDescribe(runProcess), now: () => performance.now() },
    readKernel: readKernelFile,
    processIdentity,
    isVisible,
    readMounts,
    exists,
    configFile: configFile(home, stateDir),
    guarded: guardedPlaces(home, stateDir),
    folders: createFolders(join(stateDir, "fortress")),
    ledger: createLedger(join(stateDir, "fortress"), Date.now),
    backup: backupEdge(programDir),
    watch: { clock: monotonicClock, follow: createFollowEvents(followProcess), sign: createSignOfLife(join(stateDir, "fortress/watched.json"), { pid: process.pid, boot: bootId(), now: monotonicMs, processIdentity }) },
    disk: { trees: createMeasureTrees(runProcess), file: measureFile },
    maintenance: {
      record: counterFile(join(stateDir, "fortress/maintenance.json")),
      now: () => new Date(),
      registry: () => readSandboxRegistry(stateDir),
      images: (id) => images[id],
      logFiles: listLogFiles,
      expireEvidence: (before) => evidenceStore(join(stateDir, "fortress/evidence")).expire(before),
      lowerPriority,
    },
    lockdown: createLockdownFile(join(stateDir, "fortress")),
    quarantine: createQuarantineFile(join(stateDir, "fortress")),
    posture: createPostureEdge(stateDir, process.getuid?.() ?? 0, runProcess, monotonicClock.now),
    isolation: createIsolationEdge(runProcess),
  };
}
