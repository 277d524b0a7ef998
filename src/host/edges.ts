import { join } from "node:path";
import { createEngine } from "../edge/engine.ts";
import { createStoreEdge, exists, layout } from "../edge/files.ts";
import { isVisible, processIdentity, readKernelFile, readMachine, readMounts } from "../edge/kernel.ts";
import { createPostureEdge } from "../edge/posture.ts";
import { runProcess } from "../edge/process.ts";
import { createFolders } from "../edge/folders.ts";
import type { Edges } from "../flows/core.ts";
import { configFile, guardedPlaces } from "./places.ts";

/** This machine, for a gateway with the given HOME and state directory. */
export function localEdges(home: string, stateDir: string): Edges {
  const engines = { podman: createEngine("podman", runProcess), docker: createEngine("docker", runProcess) };
  return {
    home,
    stateDir,
    engine: (id) => engines[id],
    layout,
    machine: readMachine(),
    storeEdge: createStoreEdge(process.getuid?.() ?? 0),
    readKernel: readKernelFile,
    processIdentity,
    isVisible,
    readMounts,
    exists,
    configFile: configFile(home, stateDir),
    guarded: guardedPlaces(home, stateDir),
    folders: createFolders(join(stateDir, "fortress")),
    posture: createPostureEdge(stateDir, process.getuid?.() ?? 0, runProcess),
  };
}
