import type { Report } from "../model/report.ts";

/**
 * A gateway evaluates a plugin as several module instances: one makes sandboxes (`full`), others
 * answer commands. What they share lives here and not in a module's variables.
 */
interface Shared {
  status?: () => Promise<Report>;
}

const KEY = Symbol.for("openclaw-fortress.shared");

function shared(): Shared {
  const holder = globalThis as { [KEY]?: Shared };
  return (holder[KEY] ??= {});
}

/** Offers the status to the other instances; returns what takes it back. */
export function shareStatus(status: () => Promise<Report>): () => void {
  shared().status = status;
  return () => {
    // A successor may have come before this instance went.
    if (shared().status === status) delete shared().status;
  };
}

/** The status by the instance that makes the sandboxes; undefined while there is none. */
export function sharedStatus(): (() => Promise<Report>) | undefined {
  return shared().status;
}
