import type { Finding } from "../model/finding.ts";
import type { LockdownState } from "../model/lockdown.ts";
import type { Report, SandboxReport, Verdict } from "../model/report.ts";

/**
 * Puts what was observed into one report and computes its verdict, once for every surface.
 *
 * @param unseen what could not be looked at, one finding each: it is never a pass
 */
export function buildReport(sandboxes: readonly SandboxReport[], findings: readonly Finding[], unseen: readonly Finding[], lockdown?: LockdownState, more: Pick<Report, "maintenance" | "backup" | "timeline" | "grants"> = {}): Report {
  return { verdict: verdictOf(findings, unseen), ...(lockdown ? { lockdown } : {}), ...more, sandboxes, findings: [...findings, ...unseen].sort(bySeverity) };
}

function verdictOf(findings: readonly Finding[], unseen: readonly Finding[]): Verdict {
  if (findings.some(({ severity }) => severity === "critical")) return "exposed";
  if (unseen.length > 0) return "unknown";
  return findings.some(({ severity }) => severity === "warn") ? "attention" : "hardened";
}

const ORDER = { critical: 0, warn: 1, info: 2 } as const;

function bySeverity(left: Finding, right: Finding): number {
  return ORDER[left.severity] - ORDER[right.severity];
}
