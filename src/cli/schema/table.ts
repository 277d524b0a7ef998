import { type Static, type TSchema, Type } from "@sinclair/typebox";
import type { Explanation } from "../../flows/explain.ts";
import type { LockdownOutcome } from "../../flows/lockdown.ts";
import type { MigrationReport } from "../../flows/secrets-migrate.ts";
import type { SecretsOverview } from "../../flows/secrets-overview.ts";
import type { ScanReport } from "../../flows/secrets-scan.ts";
import type { ServiceReport, ServiceStatus } from "../../flows/service.ts";
import type { SweepReport } from "../../flows/sweep.ts";
import type { SetSummary } from "../../model/backup.ts";
import type { CreateResult, DrillResult, PruneResult, RestoreResult, VerifyResult } from "../../model/backup-results.ts";
import type { HealthReport } from "../../model/gateway.ts";
import type { LedgerView } from "../../model/ledger.ts";
import type { StepRecord } from "../../model/maintenance.ts";
import { ReportSchema } from "../../report/schema.ts";
import { VerificationSchema } from "../../report/verification/schema.ts";
import { CreatedSchema, DrilledSchema, PrunedSchema, RestoredSchema, SetsSchema, VerifiedSchema } from "./backup.ts";
import { ExplanationSchema, LockdownSchema, MountsSchema, NotDoneSchema, SweptSchema } from "./sandboxes.ts";
import { MigrationSchema, OverviewSchema, ScanSchema } from "./secrets.ts";
import { HealthSchema, LogSchema, MaintainedSchema, RoutesSchema, ServiceReportSchema, ServiceStatusSchema, StepsSchema, UnitsSchema } from "./upkeep.ts";

/** A type with its fields, but without what JSON changes: there, what is not known is absent or null. */
type Shape<T> = T extends readonly (infer Each)[] ? readonly Shape<Each>[] : T extends object ? { readonly [Key in keyof T]-?: Shape<Exclude<T[Key], undefined | null>> } : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? unknown : never) : never;

/** A field that only the result or only its schema has does not compile. */
const of =
  <Result>() =>
  <Schema extends TSchema>(schema: Schema & Same<Shape<Result>, Shape<Static<Schema>>>): Schema =>
    schema;

/** What `--json` prints, by the words of the command. */
export const SCHEMAS: Readonly<Record<string, TSchema>> = {
  status: ReportSchema,
  verify: VerificationSchema,
  mounts: MountsSchema,
  explain: of<Explanation>()(ExplanationSchema),
  health: of<HealthReport>()(HealthSchema),
  log: of<LedgerView>()(LogSchema),
  lockdown: of<LockdownOutcome>()(LockdownSchema),
  thaw: of<LockdownOutcome>()(LockdownSchema),
  "backup create": of<CreateResult>()(CreatedSchema),
  "backup list": of<readonly SetSummary[]>()(SetsSchema),
  "backup verify": of<VerifyResult>()(VerifiedSchema),
  "backup restore": Type.Union([of<RestoreResult>()(RestoredSchema), of<DrillResult>()(DrilledSchema)]),
  "backup prune": of<PruneResult>()(PrunedSchema),
  maintenance: Type.Union([of<{ readonly done: true; readonly steps: readonly StepRecord[] }>()(MaintainedSchema), NotDoneSchema, StepsSchema]),
  sweep: Type.Union([of<SweepReport & { readonly done: true }>()(SweptSchema), NotDoneSchema]),
  notify: RoutesSchema,
  "secrets list": of<SecretsOverview>()(OverviewSchema),
  "secrets check": of<SecretsOverview>()(OverviewSchema),
  "secrets migrate": of<MigrationReport>()(MigrationSchema),
  "secrets scan": of<ScanReport>()(ScanSchema),
  "service install": of<ServiceReport>()(ServiceReportSchema),
  "service uninstall": of<ServiceReport>()(ServiceReportSchema),
  "service status": of<ServiceStatus>()(ServiceStatusSchema),
  "service print": UnitsSchema,
};
