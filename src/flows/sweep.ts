import type { Finding } from "../model/finding.ts";
import type { Reconcile } from "./reconcile.ts";
import type { HostFacts } from "./status.ts";
import type { Upkeep } from "./upkeep.ts";

export interface SweepReport {
  /** Names of this gateway's sandboxes. */
  readonly sandboxes: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * One look at all sandboxes for a gateway that does not run: limits are set anew and exposed sandboxes
 * ended as it would do it. One that does not answer is only told of: removing takes a second failure,
 * and a process that ends remembers none.
 */
export type Sweep = (host: () => HostFacts) => Promise<SweepReport>;

export function createSweep(reconcile: Reconcile, upkeep: Upkeep): Sweep {
  return async (host) => {
    const { sandboxes } = await reconcile.all(host());
    await upkeep.tend(sandboxes);
    return { sandboxes: sandboxes.map(({ container }) => container.name), findings: [...reconcile.findings(), ...upkeep.findings()] };
  };
}
