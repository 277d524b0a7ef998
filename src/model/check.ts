import type { BoundVerdict } from "./bound-verdict.ts";
import type { Severity } from "./finding.ts";
import type { Verdict } from "./report.ts";
import type { EngineId } from "./sandbox.ts";

/** `unknown` is never a pass; `not-applicable` says why there is nothing to look at. */
export type CheckState = "pass" | "fail" | "unknown" | "not-applicable";

/** What one check saw. */
export interface Outcome {
  readonly state: CheckState;
  /** What was seen, in a few words; never a secret's value. */
  readonly evidence: string;
  /** Where this case weighs less than the check usually does. */
  readonly severity?: Severity;
}

/** What does not change about a check. */
export interface CheckInfo {
  /** Stable: `<topic>.<what must hold>`. */
  readonly id: string;
  readonly title: string;
  /** Of a failure. `info` is what nothing on this side can close: it is shown and fails nothing. */
  readonly severity: Severity;
  /** Ids of the attack list, and the controls that ask for the same: `CIS-5.x` of the CIS Docker Benchmark 1.6.0, `PSS` of the Kubernetes Pod Security Standards. */
  readonly maps: readonly string[];
  readonly remedy: string;
}

export interface CheckResult extends CheckInfo, Outcome {
  readonly severity: Severity;
  /** `inside`: tried by the agent's user in the sandbox. `outside`: read from the kernel on the host. */
  readonly where: "inside" | "outside";
}

/** What all checks saw of one sandbox. */
export interface Examination {
  readonly sandbox: string;
  readonly containerId: string;
  readonly engine: EngineId;
  /** Undefined for a sandbox that several agents share. */
  readonly agentId: string | undefined;
  /** Undefined where it has no verdict, or only the gateway knows it. */
  readonly attestation: BoundVerdict | undefined;
  readonly results: readonly CheckResult[];
}

/** The answer of `openclaw fortress verify`. */
export interface Verification {
  readonly schemaVersion: 1;
  /** `hardened`: nothing failed. `exposed`: something failed. `unknown`: something critical could not be looked at. */
  readonly verdict: Extract<Verdict, "hardened" | "exposed" | "unknown">;
  /** True when only the quick checks ran. */
  readonly quick: boolean;
  readonly examinations: readonly Examination[];
  /** What kept a sandbox from being examined; one sentence each. */
  readonly unseen: readonly string[];
}

/** A failure that counts. */
export function isOpen({ state, severity }: Pick<CheckResult, "state" | "severity">): boolean {
  return state === "fail" && severity !== "info";
}

/** Something that would be critical, and nobody knows. */
export function isDark({ state, severity }: Pick<CheckResult, "state" | "severity">): boolean {
  return state === "unknown" && severity === "critical";
}

export function verdictOf(results: readonly Pick<CheckResult, "state" | "severity">[], unseen: readonly string[]): Verification["verdict"] {
  if (results.some(isOpen)) return "exposed";
  return unseen.length > 0 || results.some(isDark) ? "unknown" : "hardened";
}
