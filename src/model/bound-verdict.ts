/**
 * What the quick checks said of one container at one moment, and what that is bound to: of another
 * container, configuration or policy, and after its time, it says nothing.
 */
export interface BoundVerdict {
  /** 64 hexadecimal digits. */
  readonly containerId: string;
  /** Of what OpenClaw made it from, as its label says it: a hash, and words of OpenClaw's. Undefined where it has none. */
  readonly configHash: string | undefined;
  /** SHA-256 of what fortress planned for it and what is configured, hexadecimal. */
  readonly policyHash: string;
  /** When it was looked at, ISO 8601. */
  readonly since: string;
  /** ISO 8601. */
  readonly expires: string;
  /** Ids of critical checks that did not hold or could not be looked at; where there are any, no command runs in it. */
  readonly open: readonly string[];
}
