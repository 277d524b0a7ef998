import type { Container } from "../model/sandbox.ts";

/** What the engine and the kernel say of one sandbox now. */
export interface Observed {
  readonly container: Container;
  /** Where the kernel enforces something else than is wanted, one sentence each; undefined when it can't be seen. */
  readonly drift: readonly string[] | undefined;
  /** Mounts that give something away, one sentence each. */
  readonly exposed: readonly string[];
  /** What the last attempt to mend it was about, if it did not help. */
  readonly inVain?: string | undefined;
}

/** What should be. */
export interface Desired {
  readonly locked: boolean;
  /** Why this very container is not to be used any more. */
  readonly held?: string;
  /** Why this sandbox is to stand still although nothing is locked down. */
  readonly frozen?: string;
}

export type Step = { readonly because: string } & (
  | { /** Sets the limits anew. */ readonly do: "limit" }
  | { /** Pauses it, or ends its processes where that can't be done. */ readonly do: "still" }
  | { /** Ends its processes. */ readonly do: "quarantine" }
);

/** Two attempts with one key would do the same. */
export function attemptKey(drift: readonly string[]): string {
  return drift.join("; ");
}

/** What brings a sandbox back to what should be: nothing where it is so, or where nothing is known. */
export function planReconcile({ container, drift = [], exposed, inVain }: Observed, { locked, held, frozen }: Desired): Step[] {
  if (!container.running) return [];
  // Nothing in it may go on reading, whatever else is to be done.
  const end = held === undefined ? exposed : [...exposed, `quarantined, because ${held}`];
  if (end.length > 0) return [{ do: "quarantine", because: end.join("; ") }];
  const still: Step[] = locked ? [{ do: "still", because: "lockdown" }] : frozen === undefined ? [] : [{ do: "still", because: frozen }];
  // Limits count for a paused sandbox, too: it is going to go on.
  const limit: Step[] = drift.length > 0 && inVain !== attemptKey(drift) ? [{ do: "limit", because: attemptKey(drift) }] : [];
  return [...still, ...limit];
}
