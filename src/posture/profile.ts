/** A seccomp profile in the format that Podman and Docker share (containers/common and moby, `seccomp.json`). */
export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly archMap?: readonly unknown[];
  readonly architectures?: readonly string[];
  readonly syscalls: readonly SeccompRule[];
}

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly SeccompArgument[] | null;
  readonly includes?: SeccompCondition;
  readonly excludes?: SeccompCondition;
}

export interface SeccompArgument {
  readonly index: number;
  readonly value: number;
  readonly valueTwo?: number;
  readonly op: string;
}

export interface SeccompCondition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
  readonly minKernel?: string;
}

export const ALLOW = "SCMP_ACT_ALLOW";
export const ERRNO = "SCMP_ACT_ERRNO";

/** Actions that stop a system call; what is not here (allow, log, trace, notify) lets it through or leaves it to others. */
const DENYING = new Set([ERRNO, "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP"]);

/** @returns undefined for what is not a profile */
export function parseProfile(text: string): SeccompProfile | undefined {
  try {
    const value = JSON.parse(text) as Partial<SeccompProfile> | null;
    if (typeof value?.defaultAction !== "string" || !Array.isArray(value.syscalls)) return undefined;
    const sound = value.syscalls.every((rule: Partial<SeccompRule>) => Array.isArray(rule?.names) && typeof rule.action === "string");
    return sound ? (value as SeccompProfile) : undefined;
  } catch {
    return undefined;
  }
}

/** True when a system call that no rule names is denied. */
export function deniesByDefault(profile: SeccompProfile): boolean {
  return DENYING.has(profile.defaultAction);
}

/** The system calls that a profile lets through for a process without capabilities, whatever their arguments. */
export function allowedNames(profile: SeccompProfile): Set<string> {
  const rules = profile.syscalls.filter(({ action, args, includes }) => !DENYING.has(action) && !args?.length && !includes?.caps?.length);
  return new Set(rules.flatMap(({ names }) => names));
}
