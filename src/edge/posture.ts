import { readFileSync } from "node:fs";
import type { PostureEdge } from "../model/ports.ts";
import type { EngineId } from "../model/sandbox.ts";
import { readKernelFile } from "./kernel.ts";
import { handOver, ownerOf } from "./ownership.ts";
import type { RunProcess } from "./process.ts";
import { writeProfile } from "./profiles.ts";

const DEADLINE_MS = 15_000;
/** An update of the runtime is the remedy of a finding: it has to be seen without a restart of the gateway. */
const KNOWN_FOR_MS = 5 * 60_000;

/** How each engine names the program that starts its containers. */
const RUNTIME: Readonly<Record<EngineId, string>> = { podman: "{{.Host.OCIRuntime.Version}}", docker: "{{.DefaultRuntime}} version {{.RuncCommit.ID}}" };

export function createPostureEdge(stateDir: string, gatewayUid: number, run: RunProcess, now: () => number): PostureEdge {
  const runtimes = new Map<string, { askedAt: number; version: Promise<string | undefined> }>();
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
      const known = runtimes.get(command);
      if (known && now() - known.askedAt <= KNOWN_FOR_MS) return known.version;
      const version = run(command, args, { deadlineMs: DEADLINE_MS }).then(({ code, stdout }) => {
        if (code === 0) return stdout.trim();
        runtimes.delete(command);
        return undefined;
      });
      runtimes.set(command, { askedAt: now(), version });
      return version;
    },
  };
}

function hardLimit(limits: string | undefined): number {
  const text = /^Max open files\s+\S+\s+(\S+)/m.exec(limits ?? "")?.[1];
  return text === undefined || text === "unlimited" ? Infinity : Number(text);
}
