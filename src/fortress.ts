import type { Config } from "./config/resolve.ts";
import { type Attestation, createAttestation } from "./flows/attestation.ts";
import { type Backups, createBackups } from "./flows/backup.ts";
import { type BackupSchedule, createBackupSchedule } from "./flows/backup-schedule.ts";
import { createCore, type Edges } from "./flows/core.ts";
import { type Creation, createCreation } from "./flows/creation.ts";
import { createDisk } from "./flows/disk.ts";
import { createExplain, type Explain } from "./flows/explain.ts";
import { createExec, type Exec } from "./flows/exec.ts";
import { createFurnishing, type Furnishing } from "./flows/furnish.ts";
import { createIsolation, type Isolation } from "./flows/isolation.ts";
import { createPolicyHash } from "./flows/policy.ts";
import { createPosture, type Posture } from "./flows/posture.ts";
import type { LedgerFlow } from "./flows/ledger.ts";
import { createLockdown, type Lockdown } from "./flows/lockdown.ts";
import { createMaintenance, type Maintenance } from "./flows/maintenance/run.ts";
import { stepsWith } from "./flows/maintenance/steps.ts";
import { createQuarantine, type Quarantine } from "./flows/quarantine.ts";
import { createReconcile, type Reconcile } from "./flows/reconcile.ts";
import { createSweep, type Sweep } from "./flows/sweep.ts";
import { createUpkeep } from "./flows/upkeep.ts";
import { createWatch, type Watch } from "./flows/watch.ts";
import { createSecretsFlow, type SecretsFlow } from "./flows/secrets.ts";
import { createStatus, type Status } from "./flows/status.ts";

export interface Fortress extends Creation {
  /** @throws FortressError `config-invalid` */
  config(): Config;
  readonly posture: Posture;
  readonly isolation: Isolation;
  readonly attestation: Attestation;
  readonly exec: Exec;
  readonly furnish: Furnishing["furnish"];
  readonly refresh: Furnishing["refresh"];
  readonly secrets: SecretsFlow;
  readonly ledger: LedgerFlow;
  readonly lockdown: Lockdown;
  readonly quarantine: Quarantine;
  readonly maintenance: Maintenance;
  readonly reconcile: Reconcile;
  readonly watch: Watch;
  readonly sweep: Sweep;
  /** True where a process, such as the gateway, watches the sandboxes now. */
  readonly isWatched: () => boolean;
  readonly backup: Backups;
  readonly backupSchedule: BackupSchedule;
  readonly status: Status;
  readonly explain: Explain;
}

/** Wires the flows once. Fails nowhere itself: a wrong configuration refuses each sandbox instead. */
export function createFortress(rawConfig: unknown, edges: Edges): Fortress {
  const core = createCore(rawConfig, edges);
  const furnishing = createFurnishing(core);
  const posture = createPosture(core);
  const lockdown = createLockdown(core, edges.storeEdge.now);
  const disk = createDisk(core, lockdown, edges.watch.clock);
  const creation = createCreation(core, disk);
  const quarantine = createQuarantine(core, edges.storeEdge.now);
  const reconcile = createReconcile(core, lockdown, quarantine.reason, disk.frozen);
  const upkeep = createUpkeep(core, quarantine, edges.watch.clock);
  const isolation = createIsolation(core, posture, (container) => attestation.verdictOf(container));
  const attestation: Attestation = createAttestation(core, isolation, createPolicyHash(core, posture));
  reconcile.onChange(attestation.renew);
  const watch = createWatch(edges.watch, reconcile, core.ledger, async (sandboxes) => {
    disk.tend(sandboxes);
    await attestation.renewAll(sandboxes);
    await upkeep.tend(sandboxes);
  });
  const backup = createBackups(core, edges.backup);
  const maintenance = createMaintenance(core, stepsWith(backup));
  const status = createStatus(core, posture, {
    lockdown: lockdown.state,
    settle: quarantine.settle,
    diskOf: disk.useOf,
    verdictOf: attestation.verdictOf,
    findings: () => [reconcile, watch, upkeep, disk, attestation, maintenance, backup].flatMap((flow) => flow.findings()),
    maintenance: maintenance.report,
    backup: backup.report,
  });
  return {
    config: () => core.resolve().config,
    ...creation,
    ...furnishing,
    posture,
    isolation,
    attestation,
    exec: createExec(core, creation, furnishing, lockdown, disk, attestation),
    secrets: createSecretsFlow(core),
    ledger: core.ledger,
    lockdown,
    quarantine,
    maintenance,
    reconcile,
    watch: { ...watch, stop: () => (disk.stop(), watch.stop()) },
    sweep: createSweep(reconcile, upkeep),
    isWatched: edges.watch.sign.isFresh,
    backup,
    backupSchedule: createBackupSchedule(core, backup, edges.watch.clock, edges.backup.date),
    status,
    explain: createExplain(core, creation, status),
  };
}
