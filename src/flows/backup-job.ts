import type { SetSummary } from "../model/backup.ts";
import type { CreateResult, Damage, DrillResult, PruneResult, RestoreResult, VerifyResult } from "../model/backup-results.ts";

/** Everything that a process needs to know that works on backups; handed to it on standard input. */
export interface BackupPlan {
  /** Canonical. */
  readonly stateDir: string;
  /** The file that OpenClaw has its configuration in, and where it may include from. */
  readonly configFile: string;
  readonly includeRoots: readonly string[];
  /** Of agents that have theirs elsewhere; absolute. */
  readonly agentDirs: readonly string[];
  /** What sandboxes can write; absolute. */
  readonly writable: readonly string[];
  /** What sandboxes may see, absolute, each with what it is. */
  readonly mounted: readonly { readonly path: string; readonly what: string }[];
  /** Where the sets of this state directory lie. */
  readonly directory: string;
  /** It is another one than the configured: sets are read there, and nothing is written. */
  readonly foreign: boolean;
  readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number };
  /** Bytes that what sandboxes can write may take in one set. */
  readonly workspaceBytes: number;
  /** age recipients; none: no encryption. */
  readonly recipients: readonly string[];
  /** A command, or a directory; absent: nothing. */
  readonly afterwards?: string | readonly string[];
  readonly deadlineMs: number;
  /** How long a database may be locked by somebody else. */
  readonly busyMs: number;
  /** How long to wait for another process that works on the same sets. */
  readonly waitMs: number;
}

export type BackupJob = BackupPlan &
  (
    | { readonly kind: "create" }
    | { readonly kind: "list" }
    | { readonly kind: "verify"; readonly set?: string; readonly identity?: string }
    | { readonly kind: "prune"; readonly dryRun: boolean }
    | { readonly kind: "restore"; readonly set?: string; readonly to?: string; readonly intoPlace?: IntoPlace; readonly only?: string; readonly identity?: string }
    | { readonly kind: "drill"; readonly identity?: string }
    /** Reads back what a run is about to publish. */
    | { readonly kind: "check"; readonly path: string; readonly set: string }
  );

/** What tells that the gateway is stopped. */
export interface IntoPlace {
  readonly port: number;
  readonly tls: boolean;
}

export interface ResultOf {
  readonly create: CreateResult;
  /** Oldest first. */
  readonly list: readonly SetSummary[];
  readonly verify: VerifyResult;
  readonly restore: RestoreResult;
  readonly drill: DrillResult;
  readonly prune: PruneResult;
  readonly check: readonly Damage[];
}
