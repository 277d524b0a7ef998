import { readdirSync, readlinkSync, statfsSync } from "node:fs";
import { readKernelFile } from "./kernel.ts";

const TCP_LISTEN = "0A";

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

/** Which process listens on a port of IPv4 loopback or of all addresses, as far as this user may see it. */
function listenerOf(port: number): unknown {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) =>
    (readKernelFile(file) ?? "").split("\n").flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      return local.endsWith(`:${hex}`) && state === TCP_LISTEN ? [`socket:[${inode}]`] : [];
    }),
  ));
  if (inodes.size === 0) return "nobody listens";
  for (const pid of attempt(() => readdirSync("/proc").filter((name) => /^\d+$/.test(name))) ?? []) {
    const held = attempt(() => readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? "")));
    if (held) return { pid: Number(pid), name: readKernelFile(`/proc/${pid}/comm`)?.trim() };
  }
  return "somebody whom this user can't see";
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
