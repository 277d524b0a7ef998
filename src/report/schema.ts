import { type Static, Type } from "@sinclair/typebox";
import { BackupEntrySchema } from "../model/backup.ts";

const closed = { additionalProperties: false };

/** What could not be looked at is null, which is never a pass. */
const known = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T, unknown = "could not be read") => Type.Union([schema, Type.Null({ description: unknown })]);
const Text = Type.String();
const Quantity = Type.Union([Type.Number({ minimum: 0 }), Type.Literal("unlimited")]);
const Count = Type.Integer({ minimum: 0 });

const MountSchema = Type.Object({ target: Type.String({ description: "path in the sandbox" }), mode: Type.Union([Type.Literal("ro"), Type.Literal("rw")]) }, closed);

const LimitSchema = Type.Object(
  {
    name: Type.Union([Type.Literal("memory"), Type.Literal("memorySwap"), Type.Literal("cpus"), Type.Literal("pids")], { description: "memory and memorySwap are bytes, memorySwap counts memory and swap together; cpus are cores" }),
    wanted: Quantity,
    actual: known(Quantity),
    used: Type.Optional(known(Type.Number({ minimum: 0 }), "not measured; CPU is measured from one look to the next")),
  },
  closed,
);

const PostureSchema = Type.Object(
  {
    uid: known(Count),
    seccomp: known(Type.Integer({ minimum: 0, maximum: 2, description: "0 none, 1 strict, 2 filter" })),
    noNewPrivs: known(Type.Boolean()),
    capabilities: known(Type.Boolean({ description: "any set, the bounding set included, holds one" })),
    core: known(Quantity),
    openFiles: known(Quantity),
    interfaces: known(Type.Array(Text, { description: "network interfaces besides loopback" })),
    tmpfs: known(Type.Array(Type.Object({ target: Text, size: known(Quantity, "nothing bounds it but half of the machine's memory"), exec: Type.Boolean() }, closed))),
  },
  { ...closed, description: "of the sandbox's first process, by the kernel" },
);

/** Of the same form in the report and in the result of `verify`. */
export const AttestationSchema = Type.Union([
  Type.Object(
    {
      containerId: Type.String({ description: "it says nothing of another container, configuration or policy, nor after its time" }),
      configHash: known(Type.String({ description: "of what OpenClaw made it from" }), "it has no such label"),
      policyHash: Type.String({ description: "SHA-256 of the plan of its mounts, limits and posture, and of what is configured for them" }),
      since: Type.String({ description: "when the quick checks looked at it, ISO 8601" }),
      expires: Type.String({ description: "ISO 8601" }),
      open: Type.Array(Text, { description: "ids of critical checks that did not hold or could not be looked at; where there are any, no command runs in it" }),
    },
    { ...closed, description: "what the gateway holds of the sandbox: without it no command runs in it" },
  ),
  Type.Null({ description: "there is none, or it is not the gateway that was asked" }),
]);

const SandboxSchema = Type.Object(
  {
    name: Text,
    engine: Type.Union([Type.Literal("podman"), Type.Literal("docker")]),
    agentId: known(Text, "several agents share it"),
    running: Type.Boolean(),
    paused: Type.Optional(Type.Literal(true)),
    mounts: known(Type.Array(MountSchema)),
    hidden: Type.Optional(known(Type.Array(Type.Object({ entry: Type.String({ description: "name in the state directory" }), holds: Text }, closed), { description: "what lies in the state directory and in none of the mounts" }))),
    limits: Type.Array(LimitSchema),
    pressure: Type.Optional(
      Type.Object(
        { oomKills: known(Count), pidsHits: known(Count), throttled: known(Type.Number({ minimum: 0, maximum: 1, description: "share of the time slices in which it was made to wait" })) },
        { ...closed, description: "how often it hit its limits since it began, by the kernel" },
      ),
    ),
    disk: Type.Optional(
      Type.Object(
        { bytes: known(Count), files: known(Count), log: known(Count, "it could not be read, or the engine keeps no file for it"), unseen: Type.Optional(Type.String({ description: "why bytes and files may be more" })) },
        { ...closed, description: "what its writable directories and its log take on the disk, when they were measured last" },
      ),
    ),
    attestation: Type.Optional(AttestationSchema),
    clipped: Type.Array(Type.String({ description: "which limit is smaller than configured, and why" })),
    posture: Type.Optional(known(PostureSchema)),
    secrets: Type.Array(Type.String({ description: "name of an environment variable that each command gets; never its value" })),
  },
  closed,
);

const MaintenanceSchema = Type.Object(
  {
    ranAt: Type.String({ description: "when it began, ISO 8601" }),
    steps: Type.Array(
      Type.Object({ id: Text, outcome: Type.Union([Type.Literal("well"), Type.Literal("found"), Type.Literal("partial"), Type.Literal("failed")], { description: "found: it was done, and something needs attention; partial: not everything could be looked at" }), detail: Text }, closed),
    ),
  },
  { ...closed, description: "what the last daily maintenance came to; absent when there was none" },
);

const FindingSchema = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z]+(-[a-z]+)*\\.[a-z]+(-[a-z]+)*$", description: "stable; the README lists them" }),
    severity: Type.Union([Type.Literal("info"), Type.Literal("warn"), Type.Literal("critical")]),
    detail: Text,
    remedy: Text,
  },
  closed,
);

const BackupSchema = Type.Object(
  {
    enabled: Type.Boolean(),
    directory: Type.Optional(Type.String({ description: "absent in what an agent is shown" })),
    lastSuccess: Type.Optional(Type.String({ description: "of the newest verified set, ISO 8601" })),
    ageMs: Type.Optional(Type.Number({ minimum: 0, description: "since then; absent where that time is to come" })),
    bytes: Type.Optional(Count),
    lastDrill: Type.Optional(
      Type.Object({ at: Text, outcome: Type.Union([Type.Literal("passed"), Type.Literal("failed")]), hashesOnly: Type.Optional(Type.Literal(true, { description: "the set is encrypted, and nothing of it was restored" })) }, closed),
    ),
    nextRun: Type.Optional(Type.String({ description: "by the gateway; absent where none is planned" })),
    latest: Type.Array(BackupEntrySchema, { description: "the latest ones as the last run found them, newest first; first of all the last run if it failed" }),
    older: Type.Integer({ minimum: 0, description: "how many sets there are beside those" }),
  },
  { ...closed, description: "of the gateway's state" },
);

const TimelineSchema = Type.Object(
  {
    deeds: Type.Array(Type.Object({ at: Type.String({ description: "ISO 8601" }), action: Text, target: Type.Optional(Text), because: Text, outcome: Type.Union([Type.Literal("done"), Type.Literal("failed"), Type.Literal("refused")]), detail: Type.Optional(Text) }, closed), { description: "newest first" }),
    older: Type.Integer({ minimum: 0, description: "how many records there are beside those" }),
  },
  { ...closed, description: "what fortress did last; absent where its ledger can't be read" },
);

/**
 * The report as JSON: what `status --json`, the gateway method `fortress.status` and the tool
 * `fortress_status` give. Fields may be added; none changes its meaning while `schemaVersion` stays.
 */
export const ReportSchema = Type.Object(
  {
    schemaVersion: Type.Literal(1),
    verdict: Type.Union([Type.Literal("hardened"), Type.Literal("attention"), Type.Literal("exposed"), Type.Literal("unknown")], {
      description: "hardened: everything that was looked at holds. attention: with reservations. exposed: something critical does not hold. unknown: something could not be looked at.",
    }),
    lockdown: Type.Optional(Type.Object({ since: known(Text), because: Text }, { ...closed, description: "every sandbox is paused and new ones are refused" })),
    maintenance: Type.Optional(MaintenanceSchema),
    backup: Type.Optional(BackupSchema),
    timeline: Type.Optional(TimelineSchema),
    grants: Type.Optional(Type.Array(Type.Object({ agentId: Text, secrets: Type.Array(Text) }, closed), { description: "names of the secrets that each configured agent's commands get, whether a sandbox of it exists or not; an agent is shown its own" })),
    sandboxes: Type.Array(SandboxSchema),
    findings: Type.Array(FindingSchema, { description: "the worst first" }),
  },
  { ...closed, $id: "https://openclaw-fortress/report/1", title: "Report of openclaw-fortress" },
);

export type ReportJson = Static<typeof ReportSchema>;
