import { Type } from "@sinclair/typebox";
import { ProblemEntry } from "../../model/backup.ts";
import { closed, Count, Text, Texts, words } from "./parts.ts";

const When = Type.String({ description: "ISO 8601" });

const SetSchema = Type.Object(
  {
    id: Type.String({ description: "name of the set" }),
    sequence: Count,
    createdAt: When,
    status: Type.Union([words("verified", "degraded"), Type.Literal("unreadable", { description: "its manifest can't be believed" })]),
    files: Count,
    databases: Count,
    bytes: Type.Integer({ minimum: 0, description: "of all files, shared with other sets or not" }),
    encrypted: Type.Boolean(),
    problems: Type.Array(ProblemEntry, { description: "what is missing or damaged in it" }),
    tookMs: Type.Optional(Type.Number({ minimum: 0, description: "absent where it is unreadable" })),
    detail: Type.Optional(Type.String({ description: "why it is unreadable" })),
  },
  closed,
);

export const CreatedSchema = Type.Object(
  {
    set: SetSchema,
    directory: Type.String({ description: "in which sets/ lies" }),
    shared: Type.Integer({ minimum: 0, description: "files that did not change and are shared with the set before" }),
    tookMs: Type.Number({ minimum: 0 }),
    skipped: Type.Integer({ minimum: 0, description: "what was left out; the set's manifest.json says why" }),
    removed: Type.Array(Text, { description: "sets that had no place any more" }),
    afterwards: Type.Optional(Type.String({ description: "why it was not taken elsewhere" })),
    unfinished: Type.Optional(Type.String({ description: "what could not be done after the set was published" })),
  },
  closed,
);

export const SetsSchema = Type.Array(SetSchema, { description: "the newest first" });

export const VerifiedSchema = Type.Object(
  {
    set: Text,
    status: words("verified", "degraded"),
    files: Count,
    databases: Count,
    read: Type.Boolean({ description: "false where it is encrypted and no identity was given: then only hashes were compared" }),
    damage: Type.Array(Type.Object({ path: Text, detail: Text }, closed)),
  },
  closed,
);

export const RestoredSchema = Type.Object(
  {
    set: Text,
    createdAt: When,
    to: Text,
    files: Count,
    databases: Count,
    bytes: Count,
    aside: Type.Array(Text, { description: "where what was there before lies now" }),
    notes: Type.Array(Text, { description: "what you should know or do" }),
  },
  closed,
);

/** With `--drill`. */
export const DrilledSchema = Type.Object({ set: Text, outcome: words("passed", "failed"), detail: Text, hashesOnly: Type.Optional(Type.Literal(true, { description: "it is encrypted, and nothing of it was restored" })) }, closed);

export const PrunedSchema = Type.Object({ decisions: Type.Array(Type.Object({ id: Text, keep: Type.Boolean(), because: Texts }, closed)), removed: Texts, dryRun: Type.Boolean() }, closed);
