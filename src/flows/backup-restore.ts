import { posix } from "node:path";
import { missingNote, nameOf, planRestore, type RestorePlan } from "../backup/restore-plan.ts";
import { isSandboxWritable, STAYING } from "../backup/table.ts";
import type { BackupStore } from "../edge/backup-store.ts";
import type { isThere, makeFresh, makeLink, moveAside, moveTo, realOf, removeTree, restoreFile, setAttributes } from "../edge/restore-files.ts";
import type { makeDirectory, syncTree } from "../edge/backup-files.ts";
import type { DrillResult, Progress, RestoreResult } from "../model/backup-results.ts";
import { FortressError, textOf } from "../model/errors.ts";
import type { Manifest, ManifestFile } from "../model/backup.ts";
import { isWithin } from "../model/paths.ts";
import { counted } from "../model/units.ts";
import type { BackupPlan, IntoPlace } from "./backup-job.ts";
import { rememberSets } from "./backup-create.ts";
import { chooseSet, openSet } from "./backup-sets.ts";
import { checkFiles, countDatabases, type VerifyEdges } from "./backup-verify.ts";

export interface RestoreEdges extends VerifyEdges {
  readonly makeFresh: typeof makeFresh;
  readonly makeDirectory: typeof makeDirectory;
  readonly makeLink: typeof makeLink;
  readonly restoreFile: typeof restoreFile;
  readonly setAttributes: typeof setAttributes;
  readonly moveAside: typeof moveAside;
  readonly moveTo: typeof moveTo;
  readonly realOf: typeof realOf;
  readonly isThere: typeof isThere;
  readonly removeTree: typeof removeTree;
  readonly syncTree: typeof syncTree;
  /** Like `restoreFile`, of what was encrypted; never more than `limit` bytes. */
  readonly decryptFile: (from: string, to: string, identity: string, limit: number, signal: AbortSignal) => Promise<void>;
  /** Why the gateway is not stopped; undefined when it is. */
  readonly gatewayEvidence: (stateDir: string, at: IntoPlace) => Promise<string | undefined>;
  readonly date: () => Date;
}

interface RestoreInput {
  readonly edges: RestoreEdges;
  readonly store: BackupStore;
  readonly plan: BackupPlan;
  readonly identity: string | undefined;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** What is asked for. */
export interface RestoreRequest {
  readonly set?: string | undefined;
  readonly to?: string | undefined;
  readonly intoPlace?: IntoPlace | undefined;
  readonly only?: string | undefined;
}

/** Restores to a directory that is not there yet, or in place of what a stopped gateway had. For who holds the lock of the store. */
export async function restoreBackup(input: RestoreInput, { set, to, intoPlace, only }: RestoreRequest): Promise<RestoreResult> {
  const { edges, store, plan } = input;
  const manifest = openSet(store, chooseSet(store, set));
  const wanted = planRestore(manifest, only);
  assertReadable(manifest, input.identity);
  if (to !== undefined) {
    const target = freshTarget(edges, plan, store, to);
    const owners = await restoreTo(input, manifest, wanted, target);
    return result(manifest, wanted, target, [], only === undefined ? [...owners, `Start a gateway with it: OPENCLAW_STATE_DIR=${target} openclaw gateway run`, ...missingNotes(manifest), ...outsideNotes(manifest, target)] : owners);
  }
  await assertStopped(edges, plan, intoPlace!);
  return only === undefined ? await wholeIntoPlace(input, manifest, wanted, intoPlace!) : await oneIntoPlace(input, manifest, wanted.files[0]!.file, intoPlace!);
}

/** Restores the newest verified set to a place beside the sets, reads everything back and removes it again. */
export async function drillBackup(input: RestoreInput): Promise<DrillResult> {
  const { edges, store, plan, identity, signal } = input;
  const name = chooseSet(store, undefined);
  const manifest = openSet(store, name);
  let drill: DrillResult;
  const scratch = store.scratch("drill", name);
  try {
    if (manifest.recipients.length > 0 && identity === undefined) {
      await checkStored(input, manifest, manifest.files);
      drill = { set: name, outcome: "passed", detail: `hashes only: those of ${manifest.files.length} encrypted files hold; without an identity none was decrypted`, hashesOnly: true };
    } else {
      await restoreTo(input, manifest, planRestore(manifest, undefined), posix.join(scratch, "state"));
      drill = { set: name, outcome: "passed", detail: `${counted(manifest.files.length, "file")} restored and read back, ${counted(countDatabases(manifest), "database")} among them` };
    }
  } catch (error) {
    signal.throwIfAborted();
    drill = { set: name, outcome: "failed", detail: textOf(error) };
  } finally {
    edges.removeTree(scratch);
  }
  const { run } = store.state();
  rememberSets(store, plan.keep, { ...(run ? { run } : {}), drill: { at: edges.date().toISOString(), ...drill } });
  return drill;
}

/** Everything is compared with the manifest before the first byte is written, and read back after the last. */
async function restoreTo(input: RestoreInput, manifest: Manifest, plan: RestorePlan, target: string): Promise<string[]> {
  const { edges, store, identity, signal, progress } = input;
  await checkStored(input, manifest, plan.files.map(({ file }) => file));
  edges.makeFresh(target);
  try {
    for (const { to } of plan.directories) edges.makeDirectory(posix.join(target, to));
    for (const [done, { file, to }] of plan.files.entries()) {
      progress({ phase: "restoring", done, total: plan.files.length });
      await copyOut(edges, storedAt(store, manifest, file), posix.join(target, to), file, identity, signal);
    }
    const places = new Map(plan.files.map(({ file, to }) => [file, posix.join(target, to)]));
    await assertHolds(edges, plan.files.map(({ file }) => file), (file) => places.get(file)!, signal);
    for (const { path, target: leadsTo } of plan.links) edges.makeLink(leadsTo, posix.join(target, path));
    edges.syncTree(target);
    const entries = [...plan.files.map(({ file, to }) => ({ attributes: file, to })), ...plan.directories.map(({ directory, to }) => ({ attributes: directory, to }))];
    // From the leaves on: a directory that is closed to its owner can't be entered any more.
    const others = entries.toSorted((left, right) => right.to.length - left.to.length).filter(({ attributes, to }) => !edges.setAttributes(posix.join(target, to), attributes));
    return others.length === 0 ? [] : [`${others.length} files and directories belonged to somebody else (${others[0]!.to}) and are yours now: restore as root to keep their owners`];
  } catch (error) {
    edges.removeTree(target);
    throw error;
  }
}

async function copyOut(edges: RestoreEdges, from: string, to: string, file: ManifestFile, identity: string | undefined, signal: AbortSignal): Promise<void> {
  if (!file.stored) return edges.restoreFile(from, to, signal);
  edges.makeDirectory(posix.dirname(to));
  await edges.decryptFile(from, to, identity!, file.size, signal);
}

async function checkStored({ edges, store, signal }: RestoreInput, manifest: Manifest, files: readonly ManifestFile[]): Promise<void> {
  const [damage] = await checkFiles(edges, files, (file) => storedAt(store, manifest, file), signal);
  if (damage) throw new FortressError("backup-invalid", `${manifest.id} is damaged: ${damage.path} ${damage.detail}.`, "Restore another set: openclaw fortress backup list. Nothing was written.");
}

async function assertHolds(edges: RestoreEdges, files: readonly ManifestFile[], pathOf: (file: ManifestFile) => string, signal: AbortSignal): Promise<void> {
  const plain = files.map(({ stored: _, ...file }) => file);
  const original = new Map(plain.map((file, index) => [file, files[index]!]));
  const [damage] = await checkFiles(edges, plain, (file) => pathOf(original.get(file)!), signal);
  if (damage) throw new FortressError("backup-failed", `what was restored does not hold: ${damage.path} ${damage.detail}.`, "It was removed again. Check the disk, or restore another set.");
}

function storedAt(store: BackupStore, { id }: Manifest, { root, path }: ManifestFile): string {
  return posix.join(store.pathOf(id), "files", root, path);
}

function assertReadable({ id, recipients }: Manifest, identity: string | undefined): void {
  if (recipients.length > 0 && identity === undefined) throw new FortressError("backup-refused", `${id} is encrypted.`, `Give the file with the identity of one of its recipients: --identity <file> (${recipients.join(", ")}).`);
}

function freshTarget(edges: RestoreEdges, { stateDir, mounted }: BackupPlan, { directory }: BackupStore, to: string): string {
  const path = posix.resolve(to);
  if (edges.isThere(path)) throw new FortressError("backup-refused", `--to: ${path} is there already.`, "Give a path that does not exist; to put it in place of a stopped gateway's state: --into-place.");
  const real = canonical(edges, path);
  const other = [{ path: stateDir, what: "the state directory" }, { path: directory, what: "the backups" }, ...mounted].find(({ path: each }) => isWithin(each, real));
  if (other) throw new FortressError("backup-refused", `--to: ${path} lies in ${other.path} (${other.what}).`, "What is restored holds every key of the gateway: give a place that nothing else uses.");
  return real;
}

/** Through the nearest directory that is there. */
function canonical(edges: Pick<RestoreEdges, "realOf">, path: string): string {
  const real = edges.realOf(path);
  return real ?? posix.join(canonical(edges, posix.dirname(path)), posix.basename(path));
}

async function assertStopped(edges: RestoreEdges, { stateDir }: BackupPlan, at: IntoPlace): Promise<void> {
  const evidence = edges.isThere(stateDir) ? await edges.gatewayEvidence(stateDir, at) : undefined;
  if (evidence !== undefined) throw new FortressError("backup-refused", `The gateway is not stopped: ${evidence}.`, "Stop it (openclaw gateway stop), with everything that uses its state, and try again; or restore beside it: --to <directory>.");
}

/** The state directory is exchanged as a whole, by two renames; a fresh one is ready before the first. */
async function wholeIntoPlace(input: RestoreInput, manifest: Manifest, plan: RestorePlan, at: IntoPlace): Promise<RestoreResult> {
  const { edges, plan: { stateDir } } = input;
  const stamp = stampOf(edges.date());
  const fresh = `${stateDir}.restoring-${stamp}`;
  const aside = `${stateDir}.before-${stamp}`;
  const owners = await restoreTo(input, manifest, plan, fresh);
  try {
    await assertStopped(edges, input.plan, at);
  } catch (error) {
    edges.removeTree(fresh);
    throw error;
  }
  exchange(edges, { target: stateDir, fresh, aside }, () => {
    if (edges.isThere(stateDir)) edges.moveTo(stateDir, aside);
  });
  return result(manifest, plan, stateDir, [aside], [...owners, ...takeOver(edges, aside, stateDir), ...missingNotes(manifest), ...outsideNotes(manifest, stateDir)]);
}

/** What no backup holds and is there. */
function takeOver(edges: RestoreEdges, aside: string, stateDir: string): string[] {
  const taken: string[] = [];
  const left: string[] = [];
  for (const name of STAYING.filter((each) => edges.isThere(posix.join(aside, each)) && !edges.isThere(posix.join(stateDir, each)))) {
    try {
      edges.moveTo(posix.join(aside, name), posix.join(stateDir, name));
      taken.push(name);
    } catch (error) {
      left.push(`${posix.join(aside, name)} could not be taken over (${textOf(error)}): move it to ${stateDir} yourself`);
    }
  }
  return [...(taken.length === 0 ? [] : [`Taken over from what was there, because no backup holds it: ${taken.join(", ")}`]), ...left];
}

interface Places {
  readonly target: string;
  /** What is to be there. */
  readonly fresh: string;
  /** Where what was there goes. */
  readonly aside: string;
}

/**
 * Puts what was restored in place. What was there is put back when that does not succeed.
 *
 * @throws FortressError `backup-failed` that says where everything is
 */
function exchange(edges: RestoreEdges, { target, fresh, aside }: Places, away: () => void): void {
  try {
    away();
    edges.moveTo(fresh, target);
  } catch (error) {
    const failed = `${target} can't be exchanged (${textOf(error)}).`;
    try {
      edges.moveAside(aside, target);
    } catch (second) {
      throw new FortressError("backup-failed", `${failed} What was there lies in ${aside} and can't be put back (${textOf(second)}); what was restored lies in ${edges.isThere(fresh) ? fresh : target}.`, `Put one of them there yourself: mv ${aside} ${target}`, { cause: error });
    }
    edges.removeTree(fresh);
    throw new FortressError("backup-failed", failed, "What was there was put back. Where it is a mount of its own, restore beside it (--to <directory>) and copy.", { cause: error });
  }
}

async function oneIntoPlace(input: RestoreInput, manifest: Manifest, file: ManifestFile, at: IntoPlace): Promise<RestoreResult> {
  const { edges, store, plan, identity, signal } = input;
  const root = manifest.roots.find(({ name }) => name === file.root)!;
  const source = file.root === "state" ? plan.stateDir : root.source;
  const target = posix.join(source, file.path);
  const elsewhere = "Restore it beside (--to <directory>) and copy it yourself.";
  if (isSandboxWritable({ name: file.root, source }, file.path, plan.writable)) throw new FortressError("backup-refused", `${nameOf(file)} lies where sandboxes write.`, elsewhere);
  const folder = posix.dirname(target);
  if (edges.realOf(folder) !== folder) throw new FortressError("backup-refused", `${folder} is not there, or is reached through a link.`, elsewhere);
  await checkStored(input, manifest, [file]);
  const stamp = stampOf(edges.date());
  const draft = `${target}.restoring-${stamp}`;
  const aside = `${target}.before-${stamp}`;
  try {
    await copyOut(edges, storedAt(store, manifest, file), draft, file, identity, signal);
    await assertHolds(edges, [file], () => draft, signal);
    edges.setAttributes(draft, file);
    await assertStopped(edges, plan, at);
  } catch (error) {
    edges.removeTree(draft);
    throw error;
  }
  let moved = false;
  exchange(edges, { target, fresh: draft, aside }, () => {
    moved = edges.moveAside(target, aside);
  });
  return result(manifest, { files: [{ file, to: target }], directories: [], links: [] }, target, moved ? [aside] : [], []);
}

function result(manifest: Manifest, { files }: RestorePlan, to: string, aside: readonly string[], notes: readonly string[]): RestoreResult {
  const problems = manifest.problems.map(({ path, detail }) => `In the set already: ${path} ${detail}`);
  return { set: manifest.id, createdAt: manifest.createdAt, to, files: files.length, databases: files.filter(({ file }) => file.kind === "database").length, bytes: files.reduce((sum, { file }) => sum + file.size, 0), aside, notes: [...notes, ...problems] };
}

function missingNotes(manifest: Manifest): string[] {
  const note = missingNote(manifest);
  return note === undefined ? [] : [note];
}

function outsideNotes({ roots }: Manifest, target: string): string[] {
  return roots.filter(({ name }) => name !== "state").map(({ name, source, what }) => `${what} from ${source} lies in ${posix.join(target, "fortress/restored", name)}: put it where it belongs yourself`);
}

function stampOf(at: Date): string {
  return at.toISOString().replaceAll(/[:.]/g, "-");
}
