import { posix } from "node:path";
import type { copyBytes, Copied, hashFile, isDatabase, linkFile, linkTarget, makeDirectory, statsOf, syncFile } from "../edge/backup-files.ts";
import type { LeftReason, walkForBackup } from "../edge/backup-walk.ts";
import type { copyDatabase } from "../edge/database-copy.ts";
import { OVER_BUDGET, WORKSPACE_LIMITS, workspaceBudget } from "../backup/budget.ts";
import { sourceSignature, type SourceStats } from "../backup/reuse.ts";
import { isNamedDatabase, isLoadedCode, isSandboxWritable, leftOut, sidecarOf } from "../backup/table.ts";
import { nameOf } from "../backup/restore-plan.ts";
import type { Progress } from "../model/backup-results.ts";
import type { Manifest, ManifestDirectory, ManifestFile, Problem, RootName, Skipped } from "../model/backup.ts";
import type { BackupPlan } from "./backup-job.ts";
import type { Source } from "./backup-sources.ts";

export interface CollectEdges {
  readonly walk: typeof walkForBackup;
  readonly isDatabase: typeof isDatabase;
  readonly copyBytes: typeof copyBytes;
  readonly copyDatabase: typeof copyDatabase;
  readonly hashFile: typeof hashFile;
  readonly linkFile: typeof linkFile;
  readonly linkTarget: typeof linkTarget;
  readonly makeDirectory: typeof makeDirectory;
  readonly statsOf: typeof statsOf;
  readonly syncFile: typeof syncFile;
  readonly uid: number;
  /** Nanoseconds since the epoch. */
  readonly now: () => bigint;
}

/** A set that is there already: what did not change since is shared with it. */
export interface FormerSet {
  readonly path: string;
  readonly manifest: Manifest;
}

export interface Collected {
  readonly files: ManifestFile[];
  readonly directories: readonly ManifestDirectory[];
  readonly links: Manifest["links"];
  readonly problems: readonly Problem[];
  readonly skipped: readonly Skipped[];
  readonly skippedMore: number;
  /** Names of files that are shared with the former set. */
  readonly shared: ReadonlySet<string>;
}

interface CollectInput {
  readonly plan: BackupPlan;
  readonly sources: readonly Source[];
  /** Where the files go; not yet there. */
  readonly stage: string;
  readonly former: FormerSet | undefined;
  /** Databases of the newest verified set, by name: what was one and is none any more is a problem. */
  readonly formerDatabases: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

interface Found {
  readonly root: Source;
  readonly path: string;
}

/** Agents and plugins come and go with theirs; OpenClaw is never without this one. */
const SHARED_STATE = "state/openclaw.sqlite";
const MAX_SKIPPED = 1_000;
/** Characters of the path of what was left out. */
const MAX_SAID = 400;
/** As many as a manifest may have. */
const MAX_LINKS = 100_000;

/**
 * Copies everything that a set holds. Databases first: they refer to files beside them, which are
 * there before the database knows them. A live database is opened by SQLite only, and no file of one
 * is opened otherwise while it is; what a sandbox can write is never opened by SQLite at all.
 */
export async function collect(edges: CollectEdges, { plan, sources, stage, former, formerDatabases, signal, progress }: CollectInput): Promise<Collected> {
  const files = new Map<string, ManifestFile>();
  const directories: ManifestDirectory[] = [];
  const links: Manifest["links"] = [];
  const problems: Problem[] = [];
  const skipped: Skipped[] = [];
  const shared = new Set<string>();
  let skippedMore = 0;
  const before = new Map((former?.manifest.files ?? []).map((file) => [nameOf(file), file]));
  const owners = new Set([0, edges.uid, edges.statsOf(plan.stateDir)?.uid]);
  const workspace = workspaceBudget({ ...WORKSPACE_LIMITS, bytes: plan.workspaceBytes });
  const late: Found[] = [];

  const name = ({ name: root }: Source, path: string): string => nameOf({ root, path });
  const skip = (path: string, because: string): void => {
    if (skipped.length < MAX_SKIPPED) skipped.push({ path: path.length > MAX_SAID ? `${path.slice(0, MAX_SAID)}…` : path, because });
    else skippedMore += 1;
  };
  const isWritable = (root: Source, path: string): boolean => isSandboxWritable(root, path, plan.writable);
  const targetOf = (root: RootName, path: string): string => posix.join(stage, root, path);
  const parentOf = (target: string): string => (edges.makeDirectory(posix.dirname(target)), target);
  const isOurs = (uid: bigint | number): boolean => owners.has(Number(uid));

  /** Shares a copy of the former set, once it was read and is what it should be. */
  const share = async (entry: ManifestFile): Promise<boolean> => {
    const from = posix.join(former!.path, "files", entry.root, entry.path);
    const expected = entry.stored ?? { size: entry.size, sha256: entry.sha256 };
    const actual = await edges.hashFile(from, signal).catch((error: unknown) => (signal.aborted ? Promise.reject(error as Error) : undefined));
    if (actual?.size !== expected.size || actual.sha256 !== expected.sha256) return false;
    if (!edges.linkFile(from, parentOf(targetOf(entry.root, entry.path)))) return false;
    shared.add(nameOf(entry));
    return true;
  };
  const reuse = async (root: Source, path: string, source: string | undefined, kind: ManifestFile["kind"]): Promise<boolean> => {
    const known = before.get(name(root, path));
    if (source === undefined || known?.source !== source || known.kind !== kind || !(await share(known))) return false;
    const stats = edges.statsOf(posix.join(root.source, path));
    files.set(name(root, path), { ...known, ...(stats ? { mode: stats.mode, uid: stats.uid, gid: stats.gid } : {}) });
    return true;
  };
  const signatureOf = (stats: readonly (SourceStats | undefined)[]): string | undefined => sourceSignature(stats, edges.now());

  const copyOne = async ({ root, path }: Found, scratch: string): Promise<void> => {
    const absolute = posix.join(root.source, path);
    const stats = edges.statsOf(absolute);
    // A name that leads elsewhere now is not what was looked at.
    if (!stats) return skip(name(root, path), "vanished");
    const source = signatureOf([stats, ...["-wal", "-journal"].map((suffix) => holding(edges.statsOf(`${absolute}${suffix}`)))]);
    if (await reuse(root, path, source, "database")) return;
    const target = parentOf(targetOf(root.name, path));
    const outcome = await edges.copyDatabase(absolute, target, scratch, plan.busyMs, signal);
    if ("problem" in outcome) return void problems.push({ path: name(root, path), ...outcome.problem });
    edges.syncFile(target);
    const { size, sha256 } = await edges.hashFile(target, signal);
    const { schema } = outcome.facts;
    if (schema === 0 && formerDatabases.has(name(root, path))) problems.push({ path: name(root, path), kind: "no-database", detail: "has no tables any more" });
    const { mode, uid, gid, mtimeMs } = stats;
    files.set(name(root, path), { root: root.name, path, kind: schema === 0 ? "bytes" : "database", mode, uid, gid, mtimeMs: sinceEpoch(mtimeMs), size, sha256, ...(schema === 0 ? {} : { database: outcome.facts }), ...(source === undefined ? {} : { source }) });
  };

  const databases: Found[] = [];
  const enters = (root: Source, path: string): string | undefined => (path === "" ? undefined : root.only ? "not asked for" : leftOut(path, true));

  for (const root of sources) {
    await edges.walk(root.source, {
      directory: (path) => enters(root, path) === undefined && !isWritable(root, path),
      wants: (path) => isWanted(root, path) && sidecarOf(path) === undefined && !isWritable(root, path),
      async file(path, fd, { uid }) {
        if (edges.isDatabase(fd) && isOurs(uid)) databases.push({ root, path });
      },
      left: () => {},
    }, signal);
  }
  const scratch = posix.join(posix.dirname(stage), "mended.sqlite");
  for (const [done, found] of databases.entries()) {
    progress({ phase: "databases", done, total: databases.length });
    await copyOne(found, scratch);
  }

  const known = new Set(databases.map(({ root, path }) => name(root, path)));
  const left = (root: Source, path: string, reason: LeftReason): void => {
    const target = reason === "link" && root.name === "state" && isLoadedCode(path) ? edges.linkTarget(posix.join(root.source, path)) : undefined;
    if (target !== undefined && links.length < MAX_LINKS) links.push({ path, target });
    else if (reason === "unreadable" && !isWritable(root, path) && isWanted(root, path)) problems.push({ path: name(root, path), kind: "unreadable", detail: "can't be read" });
    else if (isWanted(root, path)) skip(name(root, path), reason);
  };
  const copyFile = async (root: Source, path: string, fd: number, stats: SourceStats & { readonly uid: number; readonly gid: number; readonly mode: number; readonly mtimeMs: number }, writable: boolean): Promise<void> => {
    if (writable && !workspace.fits(path, stats.size)) return skip(name(root, path), OVER_BUDGET);
    const source = signatureOf([stats]);
    if (await reuse(root, path, source, "bytes")) {
      if (writable) workspace.file(path, stats.size);
      return;
    }
    let copied: Copied;
    try {
      copied = await edges.copyBytes(fd, parentOf(targetOf(root.name, path)), stats.size, signal);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENAMETOOLONG") return skip(name(root, path), "its path is too long");
      if (code === "EIO") return void problems.push({ path: name(root, path), kind: "unreadable", detail: "the disk can't read it" });
      throw error;
    }
    if (writable) workspace.file(path, copied.size);
    const { mode, uid, gid, mtimeMs } = stats;
    files.set(name(root, path), { root: root.name, path, kind: "bytes", mode, uid, gid, mtimeMs: sinceEpoch(mtimeMs), ...copied, ...(source === undefined ? {} : { source }) });
  };

  for (const root of sources) {
    await edges.walk(root.source, {
      directory(path, stats) {
        const out = enters(root, path);
        if (out !== undefined) {
          if (!root.only) skip(name(root, path), out);
          return false;
        }
        if (isWritable(root, path) && !workspace.directory(path)) {
          skip(name(root, path), OVER_BUDGET);
          return false;
        }
        directories.push({ root: root.name, path, mode: Number(stats.mode & 0o777n), uid: Number(stats.uid), gid: Number(stats.gid) });
        return true;
      },
      wants(path) {
        if (known.has(name(root, path)) || known.has(name(root, sidecarOf(path) ?? "")) || root.only?.has(path) === false) return false;
        const out = leftOut(path, false);
        if (out !== undefined) skip(name(root, path), out);
        return out === undefined;
      },
      async file(path, fd, stats) {
        const writable = isWritable(root, path);
        const holds = edges.isDatabase(fd);
        if (holds && !writable && isOurs(stats.uid)) {
          // It came meanwhile; it is opened once this descriptor is closed.
          known.add(name(root, path));
          return void late.push({ root, path });
        }
        if (!writable && !holds) judgeNamed(root, path, Number(stats.size));
        progress({ phase: "files", done: files.size });
        await copyFile(root, path, fd, { dev: Number(stats.dev), ino: Number(stats.ino), size: Number(stats.size), mtimeNs: stats.mtimeNs, ctimeNs: stats.ctimeNs, uid: Number(stats.uid), gid: Number(stats.gid), mode: Number(stats.mode & 0o777n), mtimeMs: Number(stats.mtimeMs) }, writable);
      },
      left: (path, reason) => left(root, path, reason),
    }, signal);
  }
  for (const found of late) await copyOne(found, scratch);
  for (const path of formerDatabases) {
    if (files.has(path) || problems.some((problem) => problem.path === path)) continue;
    if (path === SHARED_STATE) problems.push({ path, kind: "no-database", detail: "is gone" });
    else skip(path, "was a database of the set before, and is gone");
  }
  return { files: [...files.values()], directories, links, problems, skipped, skippedMore, shared };

  function isWanted(root: Source, path: string): boolean {
    return root.only?.has(path) !== false && leftOut(path, false) === undefined;
  }

  function judgeNamed(root: Source, path: string, size: number): void {
    if (formerDatabases.has(name(root, path))) problems.push({ path: name(root, path), kind: "no-database", detail: size === 0 ? "is empty; it was a database before" : "is no database any more" });
    else if (size > 0 && isNamedDatabase(path)) problems.push({ path: name(root, path), kind: "damaged", detail: "is named as a database and does not begin as one" });
  }
}

/** Node takes a time before 1970 for now, and no manifest holds one. */
function sinceEpoch(mtimeMs: number): number {
  return Math.max(0, mtimeMs);
}

/** An empty log is none: whoever reads a database of that kind leaves one. */
function holding(stats: SourceStats | undefined): SourceStats | undefined {
  return stats && stats.size > 0 ? stats : undefined;
}
