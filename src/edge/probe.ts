import { statSync } from "node:fs";
import { FortressError } from "../model/errors.ts";
import type { IsolationEdge } from "../model/ports.ts";
import { readKernelLink } from "./kernel.ts";
import type { RunProcess } from "./process.ts";

/** A suite of a hundred attempts takes a few seconds; each has a deadline of its own. */
const DEADLINE_MS = 120_000;

export function createIsolationEdge(run: RunProcess): IsolationEdge {
  return {
    link: readKernelLink,
    inode(path) {
      try {
        return statSync(path).ino;
      } catch {
        return undefined;
      }
    },
    async run(engine, container, script) {
      // Not a login shell: that would first run what somebody may have planted.
      const { code, stdout, timedOut } = await run(engine, ["exec", "-i", container, "/bin/sh", "-c", script], { deadlineMs: DEADLINE_MS });
      if (code === 0) return stdout;
      const because = timedOut ? `did not end within ${DEADLINE_MS / 1000} s` : code === undefined ? "gave no answer, or too much of it" : `ended with ${code}`;
      throw new FortressError("engine-failed", `the attempts in ${container.slice(0, 12)} ${because}.`, `Check that "${engine} exec ${container.slice(0, 12)} /bin/sh -c true" works.`);
    },
  };
}
