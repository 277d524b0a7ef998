import { readFileSync } from "node:fs";
import type { PostureEdge } from "../model/ports.ts";
import type { EngineId } from "../model/sandbox.ts";
import { readKernelFile } from "./kernel.ts";
import { handOver, ownerOf } from "./ownership.ts";
import type { RunProcess } from "./process.ts";
import { writeProfile } from "./profiles.ts";

const DEADLINE_MS = 15_000;

/** How each engine names the program that starts its containers. */
const RUNTIME: Readonly<Record<EngineId, string>> = { podman: "{{.Host.OCIRuntime.Version}}", docker: "{{.DefaultRuntime}} version {{.RuncCommit.ID}}" };

export function createPostureEdge(stateDir: string, gatewayUid: number, run: RunProcess): PostureEdge {
  const runtimes = new Map<string, Promise<string | undefined>>();
  return {
    gatewayUid,
    openFiles: hardLimit(readKernelFile("/proc/self/limits")),
    ownerOf,
    handOver,
    writeProfile: (text) => writeProfile(stateDir, text),
    readText(path) {
      try {
        return readFileSync(path, "utf8");
      } catch {
        return undefined;
      }
    },
    runtimeVersion(engine, program) {
      const [command, args] = program === undefined ? [engine, ["info", "--format", RUNTIME[engine]]] : [program, ["--version"]];
      let known = runtimes.get(command);
      if (!known) {
        known = run(command, args, { deadlineMs: DEADLINE_MS }).then(({ code, stdout }) => (code === 0 ? stdout.trim() : undefined));
        runtimes.set(command, known);
      }
      return known;
    },
  };
}

function hardLimit(limits: string | undefined): number {
  const text = /^Max open files\s+\S+\s+(\S+)/m.exec(limits ?? "")?.[1];
  return text === undefined || text === "unlimited" ? Infinity : Number(text);
}
