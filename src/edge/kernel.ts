import { readFileSync, readlinkSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Machine, ReadText } from "../model/ports.ts";
import { readProcessStat } from "../model/process-stat.ts";
import type { Container, KernelMount } from "../model/sandbox.ts";

/** Files of procfs and cgroupfs: made by the kernel, small, and never blocking. */
export const readKernelFile: ReadText = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** Links of procfs, such as `/proc/<pid>/ns/net`: undefined when they are not there or may not be read. */
export const readKernelLink: ReadText = (path) => {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
};

export function readMachine(): Machine {
  return { cpus: cpus().length, memory: totalmem() };
}

/**
 * What tells one process from a later one with the same pid: field 22 of `/proc/<pid>/stat`, its
 * start time. Undefined when there is no such process. Source: proc_pid_stat(5).
 */
export function processIdentity(pid: number): string | undefined {
  return readProcessStat(readKernelFile(`/proc/${pid}/stat`) ?? "").startTime;
}

/**
 * True when the process with the container's pid is the container's own: its mounts come from the
 * folder in which the engine keeps this container's files. In front of a virtual machine or another
 * pid namespace the same number belongs to some other process.
 */
export function isVisible({ id, pid }: Container): boolean {
  return readKernelFile(`/proc/${pid}/mountinfo`)?.includes(id) ?? false;
}

/** The mounts of a process, `self` for the gateway, as the kernel has them; undefined when they can't be read. */
export function readMounts(pid: number | "self"): KernelMount[] | undefined {
  const text = readKernelFile(`/proc/${pid}/mountinfo`);
  if (!text) return undefined;
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [left = "", right = ""] = line.split(" - ", 2);
      const fields = left.split(" ");
      const options = (fields[5] ?? "").split(",");
      return {
        target: decodeOctal(fields[4] ?? ""),
        mode: options.includes("ro") ? "ro" : "rw",
        fsType: right.split(" ", 1)[0] ?? "",
        device: fields[2] ?? "",
        root: decodeOctal(fields[3] ?? ""),
        options,
      };
    });
}

function decodeOctal(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(parseInt(code, 8)));
}
