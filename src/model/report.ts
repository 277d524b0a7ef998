import type { BackupReport } from "./backup.ts";
import type { BoundVerdict } from "./bound-verdict.ts";
import type { Finding } from "./finding.ts";
import type { Deed } from "./ledger.ts";
import type { LockdownState } from "./lockdown.ts";
import type { MaintenanceReport } from "./maintenance.ts";
import type { AccessMode, EngineId, LimitName, ObservedDisk, ObservedPosture, ObservedPressure } from "./sandbox.ts";

/**
 * `hardened`: everything that was looked at holds. `attention`: it holds with reservations.
 * `exposed`: something critical does not hold. `unknown`: something could not be looked at.
 */
export type Verdict = "hardened" | "attention" | "exposed" | "unknown";

export interface SandboxReport {
  readonly name: string;
  readonly engine: EngineId;
  /** Undefined for a sandbox that several agents share. */
  readonly agentId: string | undefined;
  readonly running: boolean;
  readonly paused?: true;
  /** As the kernel has them; `undefined` when they could not be read. */
  readonly mounts: readonly { readonly target: string; readonly mode: AccessMode }[] | undefined;
  /** What lies in the state directory and in none of the mounts, with what it holds. */
  readonly hidden?: readonly { readonly entry: string; readonly holds: string }[] | undefined;
  readonly limits: readonly {
    readonly name: LimitName;
    readonly wanted: number;
    readonly actual: number | undefined;
    /** In use at this moment; absent when it was not measured. CPU needs two looks, a second apart. */
    readonly used?: number | undefined;
  }[];
  /** Absent when it does not run. */
  readonly pressure?: ObservedPressure;
  /** Absent when it was not measured yet. */
  readonly disk?: ObservedDisk;
  /** Undefined where it has no verdict, or only the gateway knows it; absent when it does not run. */
  readonly attestation?: BoundVerdict | undefined;
  readonly clipped: readonly string[];
  /** Absent when it could not be read. */
  readonly posture?: ObservedPosture | undefined;
  /** Names of the secrets that an exec here gets. */
  readonly secrets: readonly string[];
}

/** Names of the secrets that one agent's commands get, whether a sandbox of it exists or not. */
export interface GrantReport {
  readonly agentId: string;
  readonly secrets: readonly string[];
}

/** What fortress did last. */
export interface TimelineReport {
  /** Newest first; `at` is ISO 8601. */
  readonly deeds: readonly (Deed & { readonly at: string })[];
  /** How many records there are beside those. */
  readonly older: number;
}

/** What every surface shows. Holds names of secrets, never a value. */
export interface Report {
  readonly verdict: Verdict;
  /** Absent when nothing is locked down. */
  readonly lockdown?: LockdownState;
  /** What the last daily maintenance came to; absent when there was none. */
  readonly maintenance?: MaintenanceReport;
  /** Absent where fortress refuses every sandbox. */
  readonly backup?: BackupReport;
  /** Absent where the ledger can't be read. */
  readonly timeline?: TimelineReport;
  /** Of every agent that OpenClaw's configuration names; absent where fortress refuses every sandbox. */
  readonly grants?: readonly GrantReport[];
  readonly sandboxes: readonly SandboxReport[];
  readonly findings: readonly Finding[];
}
