import { closeSync, constants, existsSync, fstatSync, fsyncSync, ftruncateSync, linkSync, lstatSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { posix } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FortressError, textOf } from "../model/errors.ts";
import { type Deed, type Ledger, type LedgerHead, type LedgerView, seal, START, unseal } from "../model/ledger.ts";
import { versionOf } from "./files.ts";
import { withLock } from "./lock.ts";
import { replaceFile } from "./replace.ts";

/** Some thousand records; the former segment is kept beside it. */
const SEGMENT_BYTES = 2 ** 20;
/** More than this of a file is not ours. */
const MAX_BYTES = 8 * SEGMENT_BYTES;
const LOCK_MS = 10_000;

/**
 * `ledger.jsonl` and, before it, `ledger.1.jsonl`: one record a line, each with the hash of the one
 * before it. `ledger.head` holds where the chain ends, so that records that are gone from its end are
 * missed. A damaged file is kept as `ledger.damaged.jsonl`, the last one, and what holds of it goes on.
 *
 * @param directory for the owner only; made where it is missing
 * @param now milliseconds since the epoch
 */
export function createLedger(directory: string, now: () => number, segmentBytes = SEGMENT_BYTES): Ledger {
  const file = posix.join(directory, "ledger.jsonl");
  const former = posix.join(directory, "ledger.1.jsonl");
  const headFile = posix.join(directory, "ledger.head");
  const damaged = posix.join(directory, "ledger.damaged.jsonl");
  /** What this process saw last: a file that nobody touched since need not be read again. */
  let known: { readonly version: string; readonly head: LedgerHead } | undefined;
  /** One after the other within a process, too: a lock is its process's. */
  let queue: Promise<unknown> = Promise.resolve();

  const look = () => {
    const end = readHead(headFile);
    const before = unseal(readIfThere(former), undefined);
    const text = readIfThere(file);
    const follows = before.records.length > 0 && before.damage === undefined;
    const current = unseal(text, follows ? before.head : text === "" ? START : undefined);
    return { text, before, current, damage: current.damage ?? (end && loss(end, current.head)) };
  };

  const view = (): LedgerView => {
    const { before, current, damage } = look();
    const records = [...before.records, ...current.records];
    const first = records[0]?.seq ?? 1;
    const missing = first > 1 && before.records.length === 0 ? `the ${first - 1} records before the first one are gone` : undefined;
    const told = before.damage === undefined ? (damage ?? missing) : `${former}: ${before.damage}`;
    return { records, ...(told === undefined ? {} : { damage: told }) };
  };

  const append = (deed: Deed, held: () => boolean): void => {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const at = new Date(now()).toISOString();
    let head = known !== undefined && known.version === versionIfThere(file) ? known.head : undefined;
    if (head === undefined) {
      const { text, current, damage } = look();
      head = current.head;
      if (damage !== undefined) {
        keepAside(file, damaged);
        const rebuilt = seal(head, { action: "ledger.rebuilt", because: `the ledger was damaged: ${damage}`, outcome: "done", detail: `${current.records.length} records hold; the damaged file is ${damaged}` }, at, process.pid);
        replaceFile(file, `${text.slice(0, current.intact)}${rebuilt.line}\n`);
        head = rebuilt.head;
      }
    }
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > segmentBytes) renameSync(file, former);
    const { line, head: next } = seal(head, deed, at, process.pid);
    if (!held()) throw new Error("the lock was lost");
    const version = appendLine(file, line);
    replaceFile(headFile, JSON.stringify(next));
    known = { version, head: next };
  };

  return {
    append(deed) {
      const mine = queue.then(async () => {
        try {
          mkdirSync(directory, { recursive: true, mode: 0o700 });
          await withLock(posix.join(directory, "ledger"), LOCK_MS, (held) => append(deed, held));
        } catch (cause) {
          throw failed(`"${deed.action}" could not be recorded in ${file}`, cause);
        }
      });
      queue = mine.catch(() => {});
      return mine;
    },
    async read() {
      try {
        let seen = view();
        // Readers take no lock, so that a ledger that can't be written can be read: half a change looks like damage for a moment.
        for (let again = 0; seen.damage !== undefined && again < 3; again += 1) {
          await wait(50);
          seen = view();
        }
        return seen;
      } catch (cause) {
        throw failed(`${file} cannot be read`, cause);
      }
    },
  };
}

function loss(end: LedgerHead, { seq, hash }: LedgerHead): string | undefined {
  if (end.seq > seq) return `${end.seq - seq} records are gone from its end`;
  return end.seq === seq && end.hash !== hash ? "its last record is not the one that was written" : undefined;
}

function failed(what: string, cause: unknown): FortressError {
  return new FortressError("ledger-failed", `${what} (${textOf(cause)}).`, "Give the gateway's user a state directory that it may write, with space on its disk.", { cause });
}

/** Records are ASCII, so a character is a byte, whatever somebody else put there. */
function readIfThere(path: string): string {
  const fd = open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fd === undefined) return "";
  try {
    if (!fstatSync(fd).isFile()) throw new Error(`${path} is not a regular file`);
    const buffer = Buffer.alloc(Math.min(fstatSync(fd).size, MAX_BYTES));
    return buffer.toString("latin1", 0, readSync(fd, buffer));
  } finally {
    closeSync(fd);
  }
}

function open(path: string, flags: number): number | undefined {
  try {
    return openSync(path, flags | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The whole line is on the disk, or nothing of it is in the file. Returns the version of the file then. */
function appendLine(path: string, line: string): string {
  const fd = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOFOLLOW, 0o600);
  try {
    const { size } = fstatSync(fd);
    try {
      writeFileSync(fd, `${line}\n`);
      fsyncSync(fd);
    } catch (error) {
      ftruncateSync(fd, size);
      throw error;
    }
    return versionOf(fstatSync(fd));
  } finally {
    closeSync(fd);
  }
}

function keepAside(path: string, aside: string): void {
  rmSync(aside, { force: true });
  if (existsSync(path)) linkSync(path, aside);
}

/** A head that can't be read is none: the chain itself still tells most damage. */
function readHead(path: string): LedgerHead | undefined {
  try {
    const { seq, hash } = JSON.parse(readIfThere(path)) as LedgerHead;
    return Number.isSafeInteger(seq) && typeof hash === "string" ? { seq, hash } : undefined;
  } catch {
    return undefined;
  }
}

function versionIfThere(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats && versionOf(stats);
}
