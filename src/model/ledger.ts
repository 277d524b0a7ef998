import { createHash } from "node:crypto";

/** What fortress, or somebody through it, did to something. Never holds a secret's value. */
export interface Deed {
  /** For example `limits.restored`. */
  readonly action: string;
  /** A container's or a file's name; absent where it concerns the whole gateway. */
  readonly target?: string;
  readonly because: string;
  readonly outcome: "done" | "failed" | "refused";
  /** What went wrong, or what changed. */
  readonly detail?: string;
}

/** A deed as it stands in the ledger. */
export interface LedgerRecord extends Deed {
  readonly seq: number;
  /** When, ISO 8601. */
  readonly at: string;
  readonly pid: number;
}

/** Where a chain stands: the next record names this hash. */
export interface LedgerHead {
  readonly seq: number;
  readonly hash: string;
}

export interface LedgerView {
  /** Oldest first. */
  readonly records: readonly LedgerRecord[];
  /** Why the ledger cannot be believed as a whole; absent where its chain holds. */
  readonly damage?: string;
}

/** What was done, to which container, when and why. */
export interface Ledger {
  /** @throws FortressError `ledger-failed` when it can't be written within a bounded time */
  append(deed: Deed): Promise<void>;
  /** @throws FortressError `ledger-failed` when it can't be read */
  read(): Promise<LedgerView>;
}

const VERSION = 1;
const MAX_TEXT = 500;
export const START: LedgerHead = { seq: 0, hash: "0".repeat(64) };

/** A new line of the ledger, without its line end, and where the chain stands then. */
export function seal(head: LedgerHead, { action, target, because, outcome, detail }: Deed, at: string, pid: number): { readonly line: string; readonly head: LedgerHead } {
  const seq = head.seq + 1;
  const texts = { ...(target === undefined ? {} : { target: cut(target) }), because: cut(because), outcome, ...(detail === undefined ? {} : { detail: cut(detail) }) };
  const body = ascii(JSON.stringify({ v: VERSION, seq, at, pid, action: cut(action), ...texts, prev: head.hash }));
  const hash = hashOf(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, head: { seq, hash } };
}

/**
 * Reads lines until the first one that does not follow from the one before it. A chain without a key
 * shows damage and careless edits, not those of somebody who computes it anew.
 *
 * @param from where the chain stands before the first line; undefined believes the first line
 */
export function unseal(text: string, from: LedgerHead | undefined): { readonly records: LedgerRecord[]; readonly head: LedgerHead; /** Characters that hold. */ readonly intact: number; readonly damage?: string } {
  const records: LedgerRecord[] = [];
  let head = from;
  let intact = 0;
  while (intact < text.length) {
    const end = text.indexOf("\n", intact);
    const number = records.length + 1;
    if (end < 0) return { records, head: head ?? START, intact, damage: `line ${number} is cut off` };
    const read = readLine(text.slice(intact, end), head);
    if (typeof read === "string") return { records, head: head ?? START, intact, damage: `line ${number} ${read}` };
    records.push(read.record);
    head = read.head;
    intact = end + 1;
  }
  return { records, head: head ?? START, intact };
}

function readLine(line: string, before: LedgerHead | undefined): { readonly record: LedgerRecord; readonly head: LedgerHead } | string {
  const [, open, hash] = /^(\{.*),"hash":"([0-9a-f]{64})"\}$/.exec(line) ?? [];
  if (open === undefined || hash === undefined) return "is no record";
  const body = `${open}}`;
  if (hashOf(body) !== hash) return "was changed";
  let record: LedgerRecord & { v: number; prev: string };
  try {
    record = JSON.parse(body) as typeof record;
  } catch {
    return "is no record";
  }
  const { v, prev, ...rest } = record;
  if (v !== VERSION) return `is of version ${String(v).slice(0, 20)}, which this fortress does not know`;
  if (before && (prev !== before.hash || rest.seq !== before.seq + 1)) return "does not follow the one before it";
  return { record: rest, head: { seq: rest.seq, hash } };
}

function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function hashOf(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}

/** Reasons quote engines and names of files: bounded, on one line, and nothing that a terminal obeys. */
function cut(text: string): string {
  const printable = text.replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?").trim();
  return printable.length > MAX_TEXT ? `${printable.slice(0, MAX_TEXT - 1)}…` : printable;
}
