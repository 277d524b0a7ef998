/** Every reason for which fortress refuses something; a code is stable, its wording is not. */
export type ErrorCode =
  | "config-invalid"
  | "host-config-unreadable"
  | "host-seam-missing"
  | "host-seam-changed"
  | "mount-refused"
  | "projection-failed"
  | "limits-not-applied"
  | "posture-refused"
  | "posture-not-applied"
  | "not-attested"
  | "sandbox-unknown"
  | "sandboxes-locked"
  | "sandbox-quarantined"
  | "disk-full"
  | "agent-unknown"
  | "engine-failed"
  | "engine-silent"
  | "engine-missing"
  | "ledger-failed"
  | "backup-refused"
  | "backup-busy"
  | "backup-failed"
  | "backup-invalid"
  | "service-refused"
  | "secrets-store-unsafe"
  | "secrets-store-busy"
  | "secrets-file-invalid"
  | "secrets-source-invalid"
  | "secrets-grant-unknown"
  | "secrets-not-deliverable"
  | "secrets-migration-refused"
  | "secrets-persisted-by-engine";

/**
 * The one error class. `message` says what is wrong (key and value, never a secret's value);
 * `remedy` says what the operator can do about it.
 */
export class FortressError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "FortressError";
    this.code = code;
    this.remedy = remedy;
  }
}

/** What an error says; of anything else that was thrown, its text. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** One line for a chat or a log: what is wrong and what to do. */
export function describeError(error: unknown): string {
  if (error instanceof FortressError) return `fortress: ${error.message} Remedy: ${error.remedy}`;
  return textOf(error);
}
