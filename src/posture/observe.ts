import type { ReadText } from "../model/ports.ts";
import type { ObservedPosture, ObservedTmpfs } from "../model/sandbox.ts";

/** @param pid host pid of the container's init process. Sources: proc(5), mountinfo in proc_pid_mountinfo(5). */
export function observePosture(read: ReadText, pid: number): ObservedPosture {
  const status = read(`/proc/${pid}/status`);
  const limits = read(`/proc/${pid}/limits`);
  const field = (name: string): string | undefined => new RegExp(`^${name}:\\s+(.*)$`, "m").exec(status ?? "")?.[1];
  const hard = (row: string): number | undefined => toLimit(new RegExp(`^${row}\\s+\\S+\\s+(\\S+)`, "m").exec(limits ?? "")?.[1]);
  const sets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map(field);
  const noNewPrivs = field("NoNewPrivs");
  return {
    uid: toCount(field("Uid")?.split("\t")[1]),
    seccomp: toCount(field("Seccomp")),
    noNewPrivs: noNewPrivs === undefined ? undefined : noNewPrivs === "1",
    capabilities: sets.includes(undefined) ? undefined : sets.some((set) => !/^0+$/.test(set!)),
    core: hard("Max core file size"),
    openFiles: hard("Max open files"),
    interfaces: interfaces(read(`/proc/${pid}/net/dev`)),
    tmpfs: tmpfs(read(`/proc/${pid}/mountinfo`)),
  };
}

function toCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function toLimit(text: string | undefined): number | undefined {
  return text === "unlimited" ? Infinity : toCount(text);
}

function interfaces(text: string | undefined): string[] | undefined {
  // Two lines of headings; each other line begins with a name and a colon. No network is without loopback.
  const names = text?.trimEnd().split("\n").slice(2).map((line) => line.trim().split(":", 1)[0]!);
  return names?.includes("lo") ? names.filter((name) => name !== "lo") : undefined;
}

function tmpfs(text: string | undefined): ObservedTmpfs[] | undefined {
  if (!text) return undefined;
  return text
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      const [left = "", right = ""] = line.split(" - ", 2);
      const [, , , root, target = "", options = ""] = left.split(" ");
      const [type, , superOptions = ""] = right.split(" ");
      const flags = options.split(",");
      const all = superOptions.split(",");
      // A root that is not "/" is one node of another mount, such as the masks below /proc.
      if (type !== "tmpfs" || root !== "/" || flags.includes("ro") || all.includes("ro")) return [];
      // Without a mode it is 1777; the engines' own, root's 755, no process of a sandbox can write.
      if (all.some((option) => /^mode=0?[0-7]?[0-7][0-5][0-5]$/.test(option))) return [];
      const size = all.find((option) => option.startsWith("size="))?.slice("size=".length);
      return [{ target, size: size === undefined ? undefined : toBytes(size), exec: !flags.includes("noexec") }];
    });
}

function toBytes(size: string): number | undefined {
  const [, digits, unit] = /^(\d+)([kmg]?)$/.exec(size) ?? [];
  return digits === undefined ? undefined : Number(digits) * 1024 ** " kmg".indexOf(unit || " ");
}
