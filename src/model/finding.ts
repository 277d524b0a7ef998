export type Severity = "info" | "warn" | "critical";

/** Something the operator should know, with what to do about it. Never holds a secret's value. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  readonly detail: string;
  readonly remedy: string;
}
