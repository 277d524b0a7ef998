/** Nouns of the gateway's own health. Times are milliseconds. */

/** What one HTTP request to the gateway ended in. */
export type ProbeResponse =
  | { readonly kind: "refused" | "reset" | "timeout" }
  /** Anything else that is no answer; a literal code such as `EHOSTUNREACH`. */
  | { readonly kind: "failed"; readonly code: string }
  /** `body` is cut to a few kilobytes. */
  | { readonly kind: "answer"; readonly status: number; readonly body: string };

/**
 * `live`: it serves. `starting` and `draining`: it says so itself. `down`: nothing listens, or it gives
 * no answer. `foreign`: something answers that is no gateway, so nothing is known of the gateway.
 */
export type Liveness = "live" | "starting" | "draining" | "down" | "foreign";

export interface Answer {
  readonly liveness: Liveness;
  /** One sentence. */
  readonly because: string;
}

/** What the service manager says of the gateway's unit. */
export interface UnitFacts {
  readonly name: string;
  readonly active: "active" | "inactive" | "failed" | "activating" | "deactivating" | "reloading" | "maintenance";
  /** Why it is not running, in systemd's words: `success`, `exit-code`, `signal`, `oom-kill`, `start-limit-hit`, … */
  readonly result: string;
  /** 0 while there is none. */
  readonly pid: number;
  /** Its control group, as the manager names it; empty while no process is in it. */
  readonly group: string;
  /** The manager's id of the last run, 32 hexadecimal digits; undefined before the first. */
  readonly invocation: string | undefined;
  /** Of the last main process; undefined when it ended by a signal, or never did. */
  readonly exitStatus: number | undefined;
  /** How often the manager itself restarted it. */
  readonly restarts: number;
  /** For how long it has been active; undefined when it is not. */
  readonly activeForMs: number | undefined;
  /** The port that its command line or its environment names; it beats the configuration. */
  readonly port: number | undefined;
}

/** A socket that takes connections to the gateway's port. */
export interface ListeningSocket {
  /** False: it is another user's. */
  readonly own: boolean;
  /** The processes that have it; empty where they can't be seen. `groups` is `/proc/<pid>/cgroup`, empty where that can't be read. */
  readonly holders: readonly { readonly pid: number; readonly name: string; readonly groups: string }[];
}

/** What else works on the installation; undefined when that could not be looked at. */
export interface Work {
  /** One sentence about an update or a maintenance that runs; undefined when none does. */
  readonly running: string | undefined;
  /** Starts in the last five minutes that did not end cleanly, as OpenClaw counts them. */
  readonly uncleanStarts: number;
}

/** What the operator wants to be done. */
export interface HealingSettings {
  /** False: nothing is restarted. */
  readonly restart: boolean;
  /** For how long a gateway that was just started may be silent. */
  readonly graceMs: number;
}

export type Action = "none" | "wait" | "diagnose" | "restart" | "leave";

export interface Decision {
  /**
   * `wait`: it may come back by itself. `diagnose`: a restart is due but not now, or is what systemd does itself. `leave`: only a person
   * can or should do something. `none`: it is well.
   */
  readonly action: Action;
  readonly because: string;
  /** True where it is down because somebody means it to be: it was stopped, is updated, or its state is worked on. */
  readonly meant?: true;
}

/** What a look at the gateway gave, and what was done about it. */
export interface HealthReport {
  /** `unknown`: it could not be looked at, which is neither health nor a failure. */
  readonly state: Liveness | "unknown";
  readonly because: string;
  readonly port: number | undefined;
  /** What it says of its parts; reported, never acted on. */
  readonly readiness: { readonly ready: boolean; readonly failing: readonly string[] } | undefined;
  readonly failures: number;
  readonly decision: Decision;
  /** What came of what was done, and what could not be done; undefined when there is nothing to say. */
  readonly outcome: string | undefined;
  /** Path of what was kept of it. */
  readonly evidence: string | undefined;
}
