import { Type } from "@sinclair/typebox";
import { ReportSchema } from "../../report/schema.ts";
import { closed, Count, Text, Texts, words } from "./parts.ts";

const When = Type.String({ description: "ISO 8601" });

export const HealthSchema = Type.Object(
  {
    state: words("live", "starting", "draining", "down", "foreign", "unknown"),
    because: Text,
    port: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535, description: "absent where the configuration can't be read" })),
    readiness: Type.Optional(Type.Object({ ready: Type.Boolean(), failing: Texts }, { ...closed, description: "what the gateway says of its parts; absent where it was not asked" })),
    failures: Type.Integer({ minimum: 0, description: "in a row, counted by --heal" }),
    decision: Type.Object({ action: words("none", "wait", "diagnose", "restart", "leave"), because: Text, meant: Type.Optional(Type.Literal(true, { description: "it is down because somebody means it to be" })) }, closed),
    outcome: Type.Optional(Type.String({ description: "what came of it, and what could not be done" })),
    evidence: Type.Optional(Type.String({ description: "path of what was kept of it" })),
  },
  closed,
);

export const LogSchema = Type.Object(
  {
    records: Type.Array(
      Type.Object({ seq: Count, at: When, pid: Count, action: Text, target: Type.Optional(Text), because: Text, outcome: words("done", "failed", "refused"), detail: Type.Optional(Text) }, closed),
      { description: "the oldest first" },
    ),
    damage: Type.Optional(Type.String({ description: "why the ledger can't be believed as a whole" })),
  },
  closed,
);

export const StepsSchema = Type.Object({ steps: Type.Array(Type.Object({ id: Text, title: Text }, closed), { description: "with --list" }) }, closed);

export const MaintainedSchema = Type.Object(
  {
    done: Type.Literal(true),
    steps: Type.Array(
      Type.Object({ id: Text, at: When, outcome: Type.Union([words("well", "found", "failed"), Type.Literal("partial", { description: "not everything could be looked at" })]), detail: Text, findings: ReportSchema.properties.findings }, closed),
    ),
  },
  closed,
);

export const RoutesSchema = Type.Array(Type.Object({ kind: Text, problem: Type.Optional(Type.String({ description: "why the message of --test did not go out" })) }, closed));

/** Of `service install` and of `service uninstall`. */
export const ServiceReportSchema = Type.Object(
  {
    applied: Type.Boolean(),
    changes: Type.Array(Type.Object({ path: Text, change: words("write", "replace", "keep", "remove") }, closed)),
    commands: Type.Array(Text, { description: "that were or would be run" }),
    notes: Texts,
  },
  closed,
);

export const ServiceStatusSchema = Type.Object(
  {
    installed: Type.Boolean(),
    files: Type.Array(Type.Object({ path: Text, state: words("current", "outdated", "edited", "foreign", "missing") }, closed)),
    timers: Type.Array(Type.Object({ name: Text, active: Type.Boolean(), lastResult: Text }, closed)),
    notes: Texts,
  },
  closed,
);

export const UnitsSchema = Type.Array(Type.Object({ name: Type.String({ description: "of the file, without a folder" }), text: Text }, closed));
