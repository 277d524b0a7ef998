import { type TSchema, Type } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { type BackupState, ProblemEntry } from "./backup.ts";

const Time = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?Z$" });
const Text = Type.String({ maxLength: 65_536 });
const SetId = Type.String({ maxLength: 64 });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** As many digits as the name of a set may have. */
const Sequence = Type.Integer({ minimum: 0, maximum: 10 ** 12 - 2 });
const Status = Type.Union([Type.Literal("verified"), Type.Literal("degraded"), Type.Literal("unreadable")]);

/** Each part by itself: what one lost says nothing of the others. Of `latest`, each entry is looked at where it is shown. */
const PARTS: Readonly<Record<Exclude<keyof BackupState, "damaged">, TSchema>> = {
  run: Type.Object({ at: Time, outcome: Type.Union([Type.Literal("verified"), Type.Literal("degraded"), Type.Literal("failed")]), detail: Type.Optional(Text), remedy: Type.Optional(Text), afterwards: Type.Optional(Text) }),
  drill: Type.Object({ at: Time, set: SetId, outcome: Type.Union([Type.Literal("passed"), Type.Literal("failed")]), detail: Text, hashesOnly: Type.Optional(Type.Literal(true)) }),
  verified: Type.Object({ id: SetId, sequence: Sequence, createdAt: Time, status: Type.Literal("verified"), files: Count, databases: Count, bytes: Count, encrypted: Type.Boolean(), problems: Type.Array(ProblemEntry), tookMs: Type.Optional(Type.Number({ minimum: 0 })) }),
  newest: Type.Object({ id: SetId, sequence: Sequence, status: Status, detail: Type.Optional(Text) }),
  latest: Type.Array(Type.Unknown()),
};

/** What of `state.json` can be believed; `damaged` where that is not all of it. */
export function readBackupState(raw: unknown): BackupState {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return { damaged: true };
  const present = Object.entries(PARTS).flatMap(([name, schema]) => {
    const value = (raw as Record<string, unknown>)[name];
    return value === undefined ? [] : [{ name, value, holds: Value.Check(schema, value) && isTimed(value) }];
  });
  const believed = Object.fromEntries(present.filter(({ holds }) => holds).map(({ name, value }) => [name, value])) as BackupState;
  return present.every(({ holds }) => holds) ? believed : { ...believed, damaged: true };
}

/** A 31st of February has the form of a time. */
function isTimed(value: unknown): boolean {
  const { at, createdAt } = value as { at?: unknown; createdAt?: unknown };
  return [at, createdAt].every((time) => typeof time !== "string" || !Number.isNaN(Date.parse(time)));
}
