import { countProcesses, readTaskCount } from "../limits/cgroup.ts";
import type { ReadText } from "../model/ports.ts";
import { type Container, PROBE_WORD } from "../model/sandbox.ts";

interface Sight {
  readonly readKernel: ReadText;
  readonly isVisible: (container: Container) => boolean;
}

/** The init process and the `sleep` that OpenClaw keeps a sandbox alive with. */
const IDLE_TASKS = 2;
/** More of ours never hang there at once. In a fork bomb each look at a command line waits for its process. */
const MOST_PROBES = 16;

/** True when more than what keeps a sandbox alive runs in it, and where it is seen but can't be counted. */
export function isBusy({ readKernel, isVisible }: Sight, container: Container): boolean {
  const { pid } = container;
  const tasks = readTaskCount(readKernel, pid);
  if (tasks === undefined) return isVisible(container);
  if (tasks <= IDLE_TASKS || tasks > IDLE_TASKS + MOST_PROBES) return tasks > IDLE_TASKS;
  // A probe that did not end is no command of an agent.
  return tasks > IDLE_TASKS + countProcesses(readKernel, pid, PROBE_WORD);
}
