import { posix } from "node:path";
import { sealManifest } from "../backup/judge.ts";
import { describeLatest, wrongWith } from "../backup/latest.ts";
import { type Keep, planRetention } from "../backup/retention.ts";
import { nameOf } from "../backup/restore-plan.ts";
import type { BackupStore } from "../edge/backup-store.ts";
import type { ConfigReader } from "../installation/config-file.ts";
import type { syncTree } from "../edge/backup-files.ts";
import type { CreateResult, Damage, Progress } from "../model/backup-results.ts";
import { FortressError, textOf } from "../model/errors.ts";
import { type BackupState, type Manifest, type ManifestFile, parseSetName, setName, type SetSummary } from "../model/backup.ts";
import { counted } from "../model/units.ts";
import { collect, type CollectEdges, type Collected, type FormerSet } from "./backup-collect.ts";
import type { BackupPlan } from "./backup-job.ts";
import { listSets, openSet, summaryOf } from "./backup-sets.ts";
import { backupSources, lostAgents, rootsOf } from "./backup-sources.ts";

export interface CreateEdges extends CollectEdges {
  readonly reader: ConfigReader;
  readonly syncTree: typeof syncTree;
  /** Reads a set back in a process of its own; what does not hold comes back. */
  readonly check: (path: string, set: string, signal: AbortSignal) => Promise<readonly Damage[]>;
  /** @throws FortressError `backup-refused` */
  readonly assertRecipients: (recipients: readonly string[]) => Promise<void>;
  /** Puts what only the recipients can read in place of a file, by way of a draft. */
  readonly encrypt: (path: string, draft: string, recipients: readonly string[], signal: AbortSignal) => Promise<{ readonly size: number; readonly sha256: string }>;
  /** Takes a published set elsewhere. */
  readonly afterwards: (what: string | readonly string[], path: string, name: string, signal: AbortSignal) => Promise<void>;
  /** Wall clock. */
  readonly date: () => Date;
  readonly monotonic: () => number;
}

/**
 * Makes one set, publishes it and then lets old ones go.
 *
 * @param held whether the lock of the store is still the caller's
 */
export async function createBackup(edges: CreateEdges, store: BackupStore, plan: BackupPlan, held: () => boolean, signal: AbortSignal, progress: (progress: Progress) => void): Promise<CreateResult> {
  await edges.assertRecipients(plan.recipients);
  const at = edges.date();
  const began = edges.monotonic();
  store.clean();
  const sets = listSets(store);
  const name = setName(nextNumber(store), at);
  const newest = sets.findLast(({ status }) => status !== "unreadable");
  const verified = sets.findLast(({ status }) => status === "verified");
  const former = newest && formerSet(store, newest.id, plan.recipients);
  const good = verified && openSet(store, verified.id);
  const formerDatabases = new Set(good ? databasesOf(good) : []);
  const { sources, skipped } = backupSources(plan, edges.reader);
  const path = store.scratch("partial", name);
  let manifest: Omit<Manifest, "seal">;
  let shared: number;
  try {
    const stage = posix.join(path, "files");
    edges.makeDirectory(stage);
    const found = await collect(edges, { plan, sources, stage, former, formerDatabases, signal, progress });
    const lost = good ? lostAgents(plan, edges.reader, (path) => edges.linkTarget(path) !== undefined, sources, good, { files: found.files, problems: [...found.problems] }) : [];
    const collected = { ...found, problems: [...found.problems, ...lost] };
    if (collected.files.length === 0) throw new FortressError("backup-failed", `there is nothing in ${plan.stateDir}.`, "Is that the gateway's state directory? See OPENCLAW_STATE_DIR. The sets that were there are untouched.");
    const draft: Omit<Manifest, "seal" | "files" | "problems" | "status" | "recipients"> = {
      version: 1,
      id: name,
      sequence: parseSetName(name)!.sequence,
      createdAt: at.toISOString(),
      tookMs: 0,
      roots: rootsOf(sources),
      directories: [...collected.directories],
      links: collected.links,
      skipped: [...skipped, ...collected.skipped],
      skippedMore: collected.skippedMore,
    };
    progress({ phase: "reading back", done: 0, total: collected.files.length });
    // What is shared and encrypted was compared with its hash already, and can't be read.
    const readable = collected.files.filter(({ stored }) => stored === undefined);
    store.writeManifest(path, sealManifest({ ...draft, status: "verified", recipients: [], files: readable, problems: [] }));
    const damage = await edges.check(path, name, signal);
    signal.throwIfAborted();
    const { files, problems } = judgeDamage(collected, damage);
    const sealed = plan.recipients.length === 0 ? files : await encryptAll(edges, stage, files, plan.recipients, signal, progress);
    manifest = { ...draft, tookMs: Math.round(edges.monotonic() - began), status: problems.length === 0 ? "verified" : "degraded", recipients: [...plan.recipients], files: sealed, problems };
    edges.syncTree(stage);
    store.writeManifest(path, sealManifest(manifest));
    signal.throwIfAborted();
    if (!held()) throw new Error("the lock was lost");
    shared = collected.shared.size;
    store.publish(path, name);
  } catch (error) {
    store.discard(path);
    throw asFailure(error, store.directory);
  }
  return finish(edges, store, plan, { ...manifest, seal: "" }, shared, began, signal, progress);
}

/** From here on the set is there, whatever else goes wrong. */
async function finish(edges: CreateEdges, store: BackupStore, plan: BackupPlan, manifest: Manifest, shared: number, began: number, signal: AbortSignal, progress: (progress: Progress) => void): Promise<CreateResult> {
  const set = summaryOf(manifest);
  let afterwards: string | undefined;
  if (plan.afterwards !== undefined && set.status === "verified") {
    progress({ phase: "taking it elsewhere", done: 0 });
    afterwards = await edges.afterwards(plan.afterwards, store.pathOf(set.id), set.id, signal).then(() => undefined, textOf);
  }
  const undone: string[] = [];
  const attempt = <T>(what: string, action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      undone.push(`${what} (${textOf(error)})`);
      return undefined;
    }
  };
  const removed = attempt("old sets could not be removed", () => pruneSets(store, plan, false).removed) ?? [];
  const { drill } = store.state();
  const detail = set.status === "degraded" ? counted(set.problems.length, "problem") : undefined;
  attempt("what the status shows could not be written", () => rememberSets(store, plan.keep, { run: { at: set.createdAt, outcome: set.status === "verified" ? "verified" : "degraded", ...(detail ? { detail } : {}), ...(afterwards === undefined ? {} : { afterwards }) }, ...(drill ? { drill } : {}) }));
  return { set, directory: store.directory, shared, tookMs: Math.round(edges.monotonic() - began), skipped: manifest.skipped.length + manifest.skippedMore, removed, ...(afterwards === undefined ? {} : { afterwards }), ...(undone.length === 0 ? {} : { unfinished: undone.join(", ") }) };
}

/** Writes down what is remembered of runs, with the sets as they are now. */
export function rememberSets(store: BackupStore, keep: Keep, { run, drill }: Pick<BackupState, "run" | "drill">): void {
  const sets = listSets(store);
  const verified = sets.findLast(({ status }) => status === "verified");
  const newest = sets.at(-1);
  store.writeState({ ...(run ? { run } : {}), ...(drill ? { drill } : {}), ...(verified ? { verified } : {}), ...(newest ? { newest: brief(newest) } : {}), latest: describeLatest(sets, keep) });
}

function brief(set: SetSummary): NonNullable<BackupState["newest"]> {
  const detail = wrongWith(set);
  return { id: set.id, sequence: set.sequence, status: set.status, ...(detail === undefined ? {} : { detail }) };
}

/** For who holds the lock of the store. */
export function pruneSets(store: BackupStore, { keep }: Pick<BackupPlan, "keep">, dryRun: boolean): { readonly decisions: ReturnType<typeof planRetention>; readonly removed: readonly string[] } {
  const decisions = planRetention(listSets(store), keep);
  const gone = decisions.filter((decision) => !decision.keep).map(({ id }) => id);
  if (!dryRun) for (const id of gone) store.remove(id);
  return { decisions, removed: dryRun ? [] : gone };
}

/** One more than any that was ever there: names never come twice, whatever the clock says. */
function nextNumber(store: BackupStore): number {
  const last = parseSetName(store.names().at(-1) ?? "")?.sequence ?? 0;
  return Math.max(last, store.state().newest?.sequence ?? 0) + 1;
}

/** Encrypted copies can be shared only among sets that the same people can read. */
function formerSet(store: BackupStore, name: string, recipients: readonly string[]): FormerSet | undefined {
  const manifest = openSet(store, name);
  return manifest.recipients.toSorted().join() === recipients.toSorted().join() ? { path: store.pathOf(name), manifest } : undefined;
}

function databasesOf({ files }: Manifest): string[] {
  return files.filter(({ kind }) => kind === "database").map(nameOf);
}

/** A database that does not hold is kept as bytes, for who wants to save something of it. Anything else means that the copy went wrong. */
function judgeDamage({ files, problems }: Collected, damage: readonly Damage[]): { readonly files: ManifestFile[]; readonly problems: Manifest["problems"] } {
  const damaged = new Map(damage.map(({ path, detail }) => [path, detail]));
  const wrong = damage.find(({ path }) => files.find((file) => nameOf(file) === path)?.kind !== "database");
  if (wrong) throw new FortressError("backup-failed", `what was written could not be read back: ${wrong.path} ${wrong.detail}.`, "Check the disk that the backups are on. The sets that were there are untouched.");
  return {
    files: files.map((file) => {
      if (!damaged.has(nameOf(file))) return file;
      const { database: _, source: __, ...rest } = file;
      return { ...rest, kind: "bytes" };
    }),
    problems: [...problems, ...damage.map(({ path, detail }) => ({ path, kind: "damaged" as const, detail }))],
  };
}

async function encryptAll(edges: CreateEdges, stage: string, files: readonly ManifestFile[], recipients: readonly string[], signal: AbortSignal, progress: (progress: Progress) => void): Promise<ManifestFile[]> {
  const sealed: ManifestFile[] = [];
  // Above the tree: no file of it has that name.
  const draft = posix.join(posix.dirname(stage), "encrypting.age");
  for (const file of files) {
    progress({ phase: "encrypting", done: sealed.length, total: files.length });
    const { sha256: _, ...rest } = file;
    sealed.push(file.stored ? file : { ...rest, stored: await edges.encrypt(posix.join(stage, file.root, file.path), draft, recipients, signal) });
  }
  return sealed;
}

function asFailure(error: unknown, directory: string): unknown {
  if (error instanceof FortressError) return error;
  const { code, name } = error as NodeJS.ErrnoException;
  const untouched = "The sets that were there are untouched.";
  if (code === "ENOSPC" || code === "EDQUOT") return new FortressError("backup-failed", `there is no space left in ${directory}.`, `Make room there, keep fewer sets (backups.keep), or choose another disk (backups.directory). ${untouched}`, { cause: error });
  if (name === "AbortError" || name === "TimeoutError") return new FortressError("backup-failed", name === "TimeoutError" ? "it took longer than backups.minutes." : "it was cancelled.", untouched, { cause: error });
  return new FortressError("backup-failed", `${textOf(error)}.`, `Mend what it says and try again: openclaw fortress backup create. ${untouched}`, { cause: error });
}
