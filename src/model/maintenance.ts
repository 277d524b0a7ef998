import type { Finding } from "./finding.ts";
import type { EngineId } from "./sandbox.ts";

/**
 * What one step came to. `found`: it was done, and something needs attention. `partial`: not
 * everything could be looked at, so that nothing found proves nothing.
 */
export type StepOutcome = "well" | "found" | "partial" | "failed";

export interface StepResult {
  readonly outcome: StepOutcome;
  /** One sentence; never a secret's value. */
  readonly detail: string;
  readonly findings: readonly Finding[];
}

/** What the last run of one step left. */
export interface StepRecord extends StepResult {
  readonly id: string;
  /** When it began, ISO 8601. */
  readonly at: string;
}

/** An image that a sandbox of this gateway was made from, or that is called like one. */
export interface ImageMemory {
  readonly engine: EngineId;
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** True once a sandbox of this gateway, or its configuration, used it. */
  readonly ours: boolean;
  /** ISO 8601; absent while something uses it. */
  readonly unusedSince?: string;
}

/** What is kept from one maintenance to the next. Times are ISO 8601. */
export interface MaintenanceRecord {
  /** Since when somebody is there who should do it. */
  readonly since: string;
  /** When the last run that came to its end began. */
  readonly ranAt?: string;
  /** When the last attempt began. */
  readonly triedAt?: string;
  readonly steps: readonly StepRecord[];
  readonly images: readonly ImageMemory[];
}

/** What the status shows of it. */
export interface MaintenanceReport {
  readonly ranAt: string;
  readonly steps: readonly Pick<StepRecord, "id" | "outcome" | "detail">[];
}
