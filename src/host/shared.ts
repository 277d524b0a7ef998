import type { VerifyOptions } from "../flows/isolation.ts";
import type { Verification } from "../model/check.ts";
import type { LedgerView } from "../model/ledger.ts";
import type { LockdownResult } from "../report/lockdown.ts";
import type { Report } from "../model/report.ts";

/** What the instance that makes the sandboxes does for the instances that answer people and agents. */
export interface Surface {
  status(): Promise<Report>;
  /** The checks of the isolation suite, on every running sandbox or on those of one agent. */
  verify(options: VerifyOptions): Promise<Verification>;
  /** What was done, oldest first. */
  log(): Promise<LedgerView>;
  /** Pauses every sandbox and refuses new ones, until thaw. */
  lockdown(because: string): Promise<LockdownResult>;
  thaw(because: string): Promise<LockdownResult>;
  /** Why no tool of an agent may work in its sandbox now; undefined where it may. */
  refusal(agentId: string): string | undefined;
  /** Writes down that a command of a sandboxed agent is about to run on the host; returns why it may not, if so. */
  hostCommand(agentId: string): Promise<string | undefined>;
  /** Makes a backup, or restores the newest one to scratch; says how that ended. */
  backup(what: "create" | "drill"): Promise<string>;
  /** The sets, newest first, as lines. */
  backups(): Promise<string>;
}

/** What is said where no instance makes sandboxes: that nothing is known is no pass. */
export const NOT_RUNNING = "fortress: UNKNOWN: it does not make the sandboxes of this gateway. Enable the plugin and restart the gateway.";

/**
 * A gateway evaluates a plugin as several module instances: one makes sandboxes (`full`), others
 * answer commands. What they share lives here and not in a module's variables.
 */
interface Shared {
  surface?: Surface;
}

const KEY = Symbol.for("openclaw-fortress.shared");

function shared(): Shared {
  const holder = globalThis as { [KEY]?: Shared };
  return (holder[KEY] ??= {});
}

/** Offers it to the other instances; returns what takes it back. */
export function shareSurface(surface: Surface): () => void {
  shared().surface = surface;
  return () => {
    // A successor may have come before this instance went.
    if (shared().surface === surface) delete shared().surface;
  };
}

/** By the instance that makes the sandboxes; undefined while there is none. */
export function sharedSurface(): Surface | undefined {
  return shared().surface;
}
