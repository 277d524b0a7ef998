import type { Severity } from "../model/finding.ts";
import type { SandboxReport, Verdict } from "../model/report.ts";
import type { ObservedDisk, ObservedPosture, ObservedPressure } from "../model/sandbox.ts";
import { formatSize } from "../model/units.ts";

/** The sentence behind each verdict. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  hardened: "everything that was looked at holds.",
  attention: "it holds, with reservations.",
  exposed: "something critical does not hold.",
  unknown: "not everything could be looked at.",
};

export const MARKS: Readonly<Record<Severity, string>> = { critical: "✗", warn: "!", info: "·" };

export const NO_SANDBOX = "No sandbox exists at the moment; each one is hardened when an agent's turn creates it.";

export function stateWord({ running, paused }: Pick<SandboxReport, "running" | "paused">): string {
  return running ? "running" : paused ? "paused" : "stopped";
}

/** `2026-11-28 03:12`, by the clock of the place where it is shown. */
export function localTime(at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "unknown";
  // Not by Intl: the first use of it takes as long as to start Node.
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace("T", " ");
}

/** What the kernel says of a sandbox's first process, a few words each. */
export function postureWords(posture: ObservedPosture): string[] {
  return postureEntries(posture).map(([, words]) => words);
}

/** The same with the field that each is about. */
export function postureEntries({ uid, seccomp, noNewPrivs, capabilities, interfaces, core, tmpfs }: ObservedPosture): [Exclude<keyof ObservedPosture, "openFiles">, string][] {
  const yesOrNo = (what: string, value: unknown): string => (value === undefined ? `${what} unknown` : value ? what : `no ${what}`);
  return [
    ["uid", `uid ${uid ?? "unknown"}`],
    ["seccomp", yesOrNo("seccomp", seccomp)],
    ["noNewPrivs", yesOrNo("new privileges", noNewPrivs === undefined ? undefined : !noNewPrivs)],
    ["capabilities", yesOrNo("capabilities", capabilities)],
    ["interfaces", `network ${interfaces === undefined ? "unknown" : interfaces.join(" ") || "none"}`],
    ["core", yesOrNo("core dumps", core)],
    ["tmpfs", `in memory ${tmpfs === undefined ? "unknown" : tmpfs.map(({ target, size }) => `${target} ${size === undefined ? "unlimited" : formatSize(size)}`).join(" ") || "nothing"}`],
  ];
}

/** How often a sandbox hit its limits since it began. */
export function pressureWords({ oomKills, pidsHits, throttled }: ObservedPressure): string {
  return `${oomKills ?? "unknown"} killed for memory, ${pidsHits ?? "unknown"} times at the PID limit, CPU held back ${throttled === undefined ? "unknown" : `${Math.round(throttled * 100)} %`}`;
}

/** What its writable directories and its log take. */
export function diskWords({ bytes, files, log, unseen }: ObservedDisk): string {
  const size = (value: number | undefined): string => (value === undefined ? "unknown" : formatSize(value));
  return `${unseen === undefined ? "" : "at least "}${size(bytes)} in ${files ?? "unknown"} files${log === undefined ? "" : `, log ${formatSize(log)}`}`;
}
