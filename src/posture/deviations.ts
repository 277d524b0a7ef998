import type { Severity } from "../model/finding.ts";
import type { ObservedPosture } from "../model/sandbox.ts";
import { formatSize } from "../model/units.ts";
import { tmpfsSizes } from "./tmpfs.ts";

/** One thing that is not as it must be. */
export interface Deviation {
  readonly id: string;
  readonly severity: Severity;
  readonly detail: string;
  /** Absent where making the sandbox anew is what helps. */
  readonly remedy?: string;
}

const FILTER = 2;
/** Bytes; the kernel rounds sizes up to pages, of up to this size. */
const PAGE = 65_536;

/** Where the kernel grants more than a sandbox may have; empty when all of it holds. */
export function deviations(observed: ObservedPosture): Deviation[] {
  const { uid, seccomp, noNewPrivs, capabilities, core, interfaces, tmpfs } = observed;
  const found: Deviation[] = [];
  const add = (id: string, severity: Severity, detail: string, remedy?: string): void =>
    void found.push({ id: `posture.${id}`, severity, detail, ...(remedy === undefined ? {} : { remedy }) });
  if (uid === 0) add("root", "critical", "it runs as root of the host");
  if (seccomp !== undefined && seccomp !== FILTER) add("no-seccomp", "critical", "no filter of system calls holds for it");
  if (noNewPrivs === false) add("new-privileges", "critical", "a setuid program in it gains privileges");
  if (capabilities) add("capabilities", "critical", "it has capabilities");
  if (core !== undefined && core > 0) add("core-dumps", "warn", "a crash of its programs leaves a core dump, with the keys of that exec, in the workspace");
  const unsized = (tmpfs ?? []).filter(({ size }) => size === undefined).map(({ target }) => target);
  if (unsized.length > 0) add("tmpfs-unsized", "warn", `${unsized.join(", ")} in memory ${unsized.length === 1 ? "has" : "have"} no size`);
  if (interfaces && interfaces.length > 0) {
    add("network-open", "warn", `it has a network (${interfaces.join(", ")}): what it can read, it can send away`, 'If it needs none, set sandbox.docker.network to "none"; else to a network of yours whose only way out is a proxy.');
  }
  return found;
}

/** What could not be read although the process was seen: never a pass. */
export function unseenFields(observed: ObservedPosture): string[] {
  return Object.entries(observed).flatMap(([name, value]) => (value === undefined ? [name] : []));
}

/** Where a sandbox is not as it is planned now, although it is closed: it was made by another configuration. */
export function differences({ tmpfs }: ObservedPosture, planned: readonly string[]): string[] {
  const wanted = tmpfsSizes(planned);
  return (tmpfs ?? [])
    .filter(({ target, size }) => wanted.has(target) && size !== undefined && Math.abs(size - wanted.get(target)!) >= PAGE)
    .map(({ target, size }) => `${target} has ${formatSize(size!)} instead of ${formatSize(wanted.get(target)!)}`);
}
