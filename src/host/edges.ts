import { createEngine } from "../edge/engine.ts";
import { createStoreEdge, exists, layout } from "../edge/files.ts";
import { isVisible, processIdentity, readKernelFile, readMachine, readMounts } from "../edge/kernel.ts";
import { runProcess } from "../edge/process.ts";
import type { Edges } from "../flows/core.ts";

/** This machine, for a gateway with the given HOME and state directory. */
export function localEdges(home: string, stateDir: string, secrets: Edges["secrets"]): Edges {
  const engines = { podman: createEngine("podman", runProcess), docker: createEngine("docker", runProcess) };
  return {
    home,
    stateDir,
    engine: (id) => engines[id],
    layout,
    machine: readMachine(),
    storeEdge: createStoreEdge(process.getuid?.() ?? 0),
    secrets,
    readKernel: readKernelFile,
    processIdentity,
    isVisible,
    readMounts,
    exists,
  };
}
