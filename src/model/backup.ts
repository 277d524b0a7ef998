import { type Static, Type } from "@sinclair/typebox";

const closed = { additionalProperties: false };
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$" });
const Mode = Type.Integer({ minimum: 0, maximum: 0o777 });
const Text = Type.String({ maxLength: 4_096 });
/** Relative to its root, which `""` is. What it may hold is judged apart (`backup/judge.ts`). */
const RelativePath = Type.String({ maxLength: 4_096 });

/** `state`, or one of the places outside of the state directory that belong to it. */
const RootName = Type.String({ pattern: "^(state|outside-[0-9]{1,3})$" });

/** What was read of a database before it was copied, and again from the copy. */
const DatabaseFacts = Type.Object(
  {
    schema: Type.Integer({ minimum: 1, maximum: 1_000_000, description: "entries of sqlite_schema" }),
    userVersion: Type.Integer(),
    rows: Type.Record(Type.String(), Count, { description: "table to its highest rowid, or to its rows where it has none: the row watermark" }),
  },
  closed,
);

const FileEntry = Type.Object(
  {
    root: RootName,
    path: RelativePath,
    kind: Type.Union([Type.Literal("database"), Type.Literal("bytes")], { description: "bytes: copied as they are. A database that a sandbox can write is bytes: it is never opened" }),
    mode: Mode,
    uid: Count,
    gid: Count,
    mtimeMs: Type.Number({ minimum: 0 }),
    size: Count,
    sha256: Type.Optional(Sha256),
    database: Type.Optional(DatabaseFacts),
    stored: Type.Optional(Type.Object({ size: Count, sha256: Sha256 }, { ...closed, description: "what lies in the set where it is encrypted; then the hash of the plain file is not written down" })),
    source: Type.Optional(Type.String({ maxLength: 400, description: "tells whether the source changed since; absent where that can't be told" })),
  },
  closed,
);

export const ProblemEntry = Type.Object(
  {
    path: Text,
    kind: Type.Union([Type.Literal("unreadable"), Type.Literal("locked"), Type.Literal("damaged"), Type.Literal("no-database")]),
    detail: Text,
  },
  closed,
);

/** What one set holds, in its `manifest.json`, which is written last. */
export const ManifestSchema = Type.Object(
  {
    version: Type.Literal(1),
    id: Type.String({ maxLength: 64 }),
    sequence: Count,
    createdAt: Type.String({ maxLength: 40 }),
    tookMs: Type.Number({ minimum: 0 }),
    status: Type.Union([Type.Literal("verified"), Type.Literal("degraded")]),
    recipients: Type.Array(Text, { maxItems: 100, description: "age recipients; none means that it is not encrypted" }),
    roots: Type.Array(Type.Object({ name: RootName, source: Text, what: Text }, closed), { maxItems: 1_000 }),
    directories: Type.Array(Type.Object({ root: RootName, path: RelativePath, mode: Mode, uid: Count, gid: Count }, closed), { maxItems: 1_000_000 }),
    links: Type.Array(Type.Object({ path: RelativePath, target: Type.String({ minLength: 1, maxLength: 4_096 }) }, closed), { maxItems: 100_000, description: "of installed plugins' code, in the state directory: to their own programs and to OpenClaw" }),
    files: Type.Array(FileEntry, { maxItems: 2_000_000 }),
    problems: Type.Array(ProblemEntry, { maxItems: 100_000 }),
    skipped: Type.Array(Type.Object({ path: Text, because: Text }, closed), { maxItems: 100_000 }),
    /** How many more were skipped than are listed. */
    skippedMore: Count,
    /** Of everything above, so that damage is seen. */
    seal: Sha256,
  },
  closed,
);

export type Manifest = Static<typeof ManifestSchema>;
export type ManifestFile = Static<typeof FileEntry>;
export type ManifestDirectory = Manifest["directories"][number];
export type DatabaseFacts = Static<typeof DatabaseFacts>;
export type Problem = Static<typeof ProblemEntry>;
export type Skipped = Manifest["skipped"][number];
export type RootName = ManifestFile["root"];
/** `verified`: every copy was read back and holds. `degraded`: something that should be in it is not, or does not hold. */
export type SetStatus = Manifest["status"];

/** One set as the list shows it. */
export interface SetSummary {
  readonly id: string;
  readonly sequence: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /** `unreadable`: its manifest can't be believed. */
  readonly status: SetStatus | "unreadable";
  readonly files: number;
  readonly databases: number;
  /** Of all files, shared with other sets or not. */
  readonly bytes: number;
  readonly encrypted: boolean;
  readonly problems: readonly Problem[];
  /** Absent where it is unreadable. */
  readonly tookMs?: number;
  /** Why it is unreadable. */
  readonly detail?: string;
}

/** One backup as the report shows it. */
export const BackupEntrySchema = Type.Object(
  {
    set: Type.Optional(Type.String({ maxLength: 64, description: "its name; absent where none came of the run" })),
    at: Type.String({ maxLength: 40, description: "when it began, ISO 8601" }),
    outcome: Type.Union([Type.Literal("verified"), Type.Literal("degraded"), Type.Literal("failed"), Type.Literal("unreadable"), Type.Literal("unseen")], {
      description: "degraded: something is missing or damaged in it. failed: no set came of it. unreadable: its manifest can't be believed. unseen: no run looked at it yet",
    }),
    bytes: Type.Optional(Count),
    files: Type.Optional(Count),
    databases: Type.Optional(Count),
    tookMs: Type.Optional(Type.Number({ minimum: 0 })),
    encrypted: Type.Optional(Type.Boolean()),
    detail: Type.Optional(Type.String({ maxLength: 4_096, description: "what it lacks, or why it failed" })),
    kept: Type.Array(Text, { maxItems: 10, description: "why it is kept" }),
  },
  closed,
);

export type BackupEntry = Static<typeof BackupEntrySchema>;

/** What is remembered between runs, in `state.json` beside the sets. */
export interface BackupState {
  readonly run?: {
    /** ISO 8601; when it began. */
    readonly at: string;
    readonly outcome: "verified" | "degraded" | "failed";
    readonly detail?: string;
    readonly remedy?: string;
    /** How the copy to elsewhere ended, where one is configured; absent where it ended well. */
    readonly afterwards?: string;
  };
  readonly drill?: {
    readonly at: string;
    readonly set: string;
    readonly outcome: "passed" | "failed";
    readonly detail: string;
    /** The set is encrypted and nobody gave an identity: nothing was restored. */
    readonly hashesOnly?: true;
  };
  /** The newest verified set. */
  readonly verified?: SetSummary;
  /** The newest one of any kind; `detail` says briefly what is wrong with it, however much that is. */
  readonly newest?: Pick<SetSummary, "id" | "sequence" | "status" | "detail">;
  /** The latest sets as the last run found them, newest first. */
  readonly latest?: readonly BackupEntry[];
  /** Something of it could not be read, and is missing here. */
  readonly damaged?: true;
}

/** What every surface shows of the backups. */
export interface BackupReport {
  readonly enabled: boolean;
  /** Absent in what an agent is shown. */
  readonly directory?: string;
  /** ISO 8601 of the newest verified set. */
  readonly lastSuccess?: string;
  /** Milliseconds since then; absent where that time is to come. */
  readonly ageMs?: number;
  readonly bytes?: number;
  readonly lastDrill?: { readonly at: string; readonly outcome: "passed" | "failed"; readonly hashesOnly?: true };
  /** ISO 8601; absent where none is planned. */
  readonly nextRun?: string;
  /** The latest ones, newest first. */
  readonly latest: readonly BackupEntry[];
  /** How many sets there are beside those. */
  readonly older: number;
}

const NAME = /^(\d{6,12})-(\d{4}-\d{2}-\d{2})T(\d{2})-(\d{2})-(\d{2})Z$/;

/** Its number orders sets, also when the clock was set back between two of them. */
export function setName(sequence: number, at: Date): string {
  return `${String(sequence).padStart(6, "0")}-${at.toISOString().slice(0, 19).replaceAll(":", "-")}Z`;
}

/** Undefined for what is no set's name. */
export function parseSetName(name: string): { readonly sequence: number; readonly at: string } | undefined {
  const [, sequence, day, hour, minute, second] = NAME.exec(name) ?? [];
  if (sequence === undefined) return undefined;
  const at = `${day}T${hour}:${minute}:${second}.000Z`;
  return Number.isNaN(Date.parse(at)) ? undefined : { sequence: Number(sequence), at };
}

/** What is wrong with one copy; a sentence without its subject, for example `is missing`. */
export class DamagedCopy extends Error {}

/** What SQLite keeps beside a database. */
export const SIDECARS = ["-wal", "-shm", "-journal"] as const;
