import { statfsSync } from "node:fs";
import { readKernelFile } from "./kernel.ts";
import { listenersOf } from "./listener.ts";

/** What the machine says around a gateway that does not answer. Holds no command line and no environment: both may hold keys. */
export function observeMachine(stateDir: string, pid: number, port: number): Record<string, unknown> {
  return {
    process: pid > 0 ? processState(pid) : "none",
    port: listenerOf(port),
    disk: attempt(() => {
      const { bavail, bsize, ffree, files } = statfsSync(stateDir);
      return { freeBytes: bavail * bsize, freeInodes: files === 0 ? "unlimited" : ffree };
    }),
    memory: lines(readKernelFile("/proc/meminfo"), /^(MemTotal|MemAvailable|SwapFree):/),
    load: readKernelFile("/proc/loadavg")?.trim(),
    outOfMemoryKills: outOfMemoryKills(pid),
  };
}

function processState(pid: number): unknown {
  const status = readKernelFile(`/proc/${pid}/status`);
  if (status === undefined) return "gone";
  return { status: lines(status, /^(Name|State|PPid|VmRSS|VmSwap|Threads|TracerPid|voluntary_ctxt_switches):/), waitsIn: readKernelFile(`/proc/${pid}/wchan`) };
}

/** Which process listens on the port, as far as this user may see it. */
function listenerOf(port: number): unknown {
  const sockets = listenersOf(port);
  if (sockets.length === 0) return "nobody listens";
  const holder = sockets.flatMap(({ holders }) => holders)[0];
  if (holder) return { pid: holder.pid, name: holder.name };
  return sockets.some(({ own }) => own) ? "somebody whom this user can't see" : "somebody of another user";
}

/** Of the unit's control group; version 2 only. */
function outOfMemoryKills(pid: number): unknown {
  const group = /^0::(.+)$/m.exec(readKernelFile(`/proc/${pid}/cgroup`) ?? "")?.[1];
  return group && /^oom_kill (\d+)$/m.exec(readKernelFile(`/sys/fs/cgroup${group}/memory.events`) ?? "")?.[1];
}

function lines(text: string | undefined, pattern: RegExp): readonly string[] {
  return (text ?? "").split("\n").filter((line) => pattern.test(line)).map((line) => line.replace(/\s+/g, " "));
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
