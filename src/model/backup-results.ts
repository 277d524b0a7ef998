import type { Manifest, SetSummary } from "./backup.ts";

export interface CreateResult {
  readonly set: SetSummary;
  readonly directory: string;
  /** Files that are shared with the set before. */
  readonly shared: number;
  readonly tookMs: number;
  readonly skipped: number;
  readonly removed: readonly string[];
  readonly afterwards?: string;
  /** What could not be done after the set was published. */
  readonly unfinished?: string;
}

export interface VerifyResult {
  readonly set: string;
  readonly status: Manifest["status"];
  readonly files: number;
  readonly databases: number;
  /** False where the content is encrypted and no identity was given: then only its hashes were compared. */
  readonly read: boolean;
  readonly damage: readonly Damage[];
}

export interface Damage {
  readonly path: string;
  readonly detail: string;
}

export interface RestoreResult {
  readonly set: string;
  readonly createdAt: string;
  readonly to: string;
  readonly files: number;
  readonly databases: number;
  readonly bytes: number;
  /** Where what was there before lies now. */
  readonly aside: readonly string[];
  /** What the operator should know or do, one sentence each. */
  readonly notes: readonly string[];
}

export interface DrillResult {
  readonly set: string;
  readonly outcome: "passed" | "failed";
  readonly detail: string;
  /** The set is encrypted and nobody gave an identity: nothing was restored. */
  readonly hashesOnly?: true;
}

export interface PruneResult {
  readonly decisions: readonly RetentionDecision[];
  readonly removed: readonly string[];
  readonly dryRun: boolean;
}

/** What is to become of one set, and why. */
export interface RetentionDecision {
  readonly id: string;
  readonly keep: boolean;
  readonly because: readonly string[];
}

export interface Progress {
  readonly phase: "databases" | "files" | "reading back" | "encrypting" | "restoring" | "taking it elsewhere";
  readonly done: number;
  /** Undefined where it is not known yet. */
  readonly total?: number;
}

