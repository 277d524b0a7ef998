import { readdirSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { probe } from "./http.ts";
import { readRegularFile } from "./files.ts";
import { processIdentity, readKernelFile } from "./kernel.ts";
import { readProcessStat } from "../model/process-stat.ts";

const MAX_LOCK_BYTES = 65_536;
const PROBE_MS = 3_000;

/**
 * What tells that a gateway, or another OpenClaw, works on a state directory: its port, its lock, a
 * file of it that a process has open. Undefined when nothing does.
 *
 * @param stateDir canonical
 */
export async function gatewayEvidence(stateDir: string, { port, tls }: { readonly port: number; readonly tls: boolean }): Promise<string | undefined> {
  const { kind } = await probe({ port, tls, path: "/healthz", deadlineMs: PROBE_MS });
  if (kind !== "refused") return `something answers at port ${port}`;
  return lockHolder(stateDir) ?? openFile(stateDir);
}

/** Source: OpenClaw's `infra/gateway-lock`. */
function lockHolder(stateDir: string): string | undefined {
  const uid = process.getuid?.();
  const path = join(realpathSync(stateDir), "tmp", uid === undefined ? "openclaw" : `openclaw-${uid}`, "gateway.state.lock");
  try {
    const { pid } = JSON.parse(readRegularFile(path, { maxBytes: MAX_LOCK_BYTES, followLinks: false }).text) as { pid?: unknown };
    return typeof pid === "number" && processIdentity(pid) !== undefined && !ancestors().has(pid) ? `process ${pid} holds the lock of the state (${path})` : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? undefined : `the lock of the state can't be read (${path})`;
  }
}

/** The command that restores may itself come from an OpenClaw that has its state open. */
function openFile(stateDir: string): string | undefined {
  const own = ancestors();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    if (own.has(Number(name))) continue;
    const path = openBelow(Number(name), stateDir);
    if (path !== undefined) return `process ${name} has ${path} open`;
  }
  return undefined;
}

function openBelow(pid: number, directory: string): string | undefined {
  try {
    for (const fd of readdirSync(`/proc/${pid}/fd`)) {
      const path = readlinkSync(`/proc/${pid}/fd/${fd}`);
      if (path.startsWith(`${directory}/`)) return path;
    }
  } catch {
    // It ended, or is somebody else's.
  }
  return undefined;
}

function ancestors(): Set<number> {
  const found = new Set<number>();
  for (let pid = process.pid; pid > 0 && !found.has(pid); pid = parentOf(pid)) found.add(pid);
  return found;
}

function parentOf(pid: number): number {
  return Number(readProcessStat(readKernelFile(`/proc/${pid}/stat`) ?? "").parent ?? 0);
}
