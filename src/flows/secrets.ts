import type { Core } from "./core.ts";
import { createMigrate, type Migrate } from "./secrets-migrate.ts";
import { createOverview, type SecretsOverview } from "./secrets-overview.ts";
import { createScan, type Scan } from "./secrets-scan.ts";

export interface SecretsFlow {
  /** @throws FortressError when the configuration, a source or a grant is wrong */
  check(): void;
  /** A copy of plain data in which every known secret value is masked. */
  mask<T>(data: T): T;
  overview(): SecretsOverview;
  readonly migrate: Migrate;
  readonly scan: Scan;
}

export function createSecretsFlow(core: Core): SecretsFlow {
  const { resolve } = core;
  return {
    overview: createOverview(core),
    migrate: createMigrate(core),
    scan: createScan(core),
    check: () => void resolve().store.load(),
    mask: core.mask,
  };
}
