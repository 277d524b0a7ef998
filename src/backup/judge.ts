import { createHash } from "node:crypto";
import { Value } from "@sinclair/typebox/value";
import { FortressError } from "../model/errors.ts";
import { type Manifest, ManifestSchema, parseSetName } from "../model/backup.ts";
import { counted } from "../model/units.ts";
import { isLoadedCode, sidecarOf } from "./table.ts";

/** More than a million files have. */
export const MAX_MANIFEST_BYTES = 256 * 2 ** 20;
const MAX_NAME_BYTES = 255;
const ELSEWHERE = "Restore another set: openclaw fortress backup list. Nothing was written.";

/**
 * The text of a manifest, sealed.
 *
 * @param most bytes that whoever reads it takes
 * @throws FortressError `backup-failed` when it would be longer
 */
export function sealManifest(manifest: Omit<Manifest, "seal">, most = MAX_MANIFEST_BYTES): string {
  const text = `${JSON.stringify({ ...manifest, seal: sealOf(manifest) })}\n`;
  const bytes = Buffer.byteLength(text);
  if (bytes > most) throw new FortressError("backup-failed", `its manifest would have ${bytes} bytes, and no reader takes more than ${most}.`, `It names ${counted(manifest.files.length, "file")} and ${counted(manifest.directories.length, "directory", "directories")}: remove from the state directory what does not belong there. The sets that were there are untouched.`);
  return text;
}

/**
 * Reads a manifest as if somebody hostile had written it: whoever restores from it acts on every name
 * in it. The seal shows damage, not intent.
 *
 * @param name of the directory that it lies in
 * @throws FortressError `backup-invalid`
 */
export function readManifest(text: string, name: string): Manifest {
  const manifest = parse(text, name);
  const refuse = (what: string): never => {
    throw invalid(name, what);
  };
  const { seal, ...rest } = manifest;
  if (seal !== sealOf(rest)) refuse("its manifest was changed or damaged");
  if (manifest.id !== name || parseSetName(name)?.sequence !== manifest.sequence) refuse(`its manifest belongs to ${shown(manifest.id)}`);
  if (Number.isNaN(Date.parse(manifest.createdAt))) refuse(`createdAt: ${shown(manifest.createdAt)} is no time`);
  judgeRoots(manifest, refuse);
  judgePaths(manifest, refuse);
  for (const file of manifest.files) {
    const what = `${file.root}:${shown(file.path)}`;
    if ((file.kind === "database") !== (file.database !== undefined)) refuse(`${what} is described as what it is not`);
    if ((manifest.recipients.length > 0) !== (file.stored !== undefined) || (file.stored === undefined) !== (file.sha256 !== undefined)) refuse(`${what} has no hash that fits`);
    // Encryption adds a header and tags: what is stored can't be smaller than what it holds.
    if (file.stored && file.stored.size < file.size) refuse(`${what} claims to be larger than what is stored of it`);
  }
  return manifest;
}

function parse(text: string, name: string): Manifest {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw invalid(name, "its manifest is cut off or no JSON");
  }
  const version = (raw as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > 1) throw new FortressError("backup-invalid", `${shown(name)} was made by a later fortress (format ${version}).`, "Restore it with that one.");
  const error = Value.Errors(ManifestSchema, raw).First();
  if (error) throw invalid(name, `its manifest is wrong at ${shown(error.path)} (${error.message})`);
  return raw as Manifest;
}

function judgeRoots({ roots }: Manifest, refuse: (what: string) => never): void {
  const names = new Set(roots.map((root) => root.name));
  if (names.size !== roots.length || !names.has("state")) refuse("its roots are not one of each");
  for (const { source } of roots) if (!source.startsWith("/") || source !== normal(source) || !isPlain(source)) refuse(`root ${shown(source)} is no absolute path`);
}

function judgePaths({ roots, files, directories, links }: Manifest, refuse: (what: string) => never): void {
  const known = new Set(roots.map((root) => root.name));
  const fileKeys = new Set<string>();
  const databases = new Set<string>();
  for (const { root, path, kind } of files) {
    const key = `${root}:${path}`;
    if (!known.has(root)) refuse(`${shown(key)} belongs to no root`);
    if (path === "" || !isRelative(path)) refuse(`${shown(key)} would lie outside of what is restored`);
    if (fileKeys.has(key)) refuse(`${shown(key)} is there twice`);
    fileKeys.add(key);
    if (kind === "database") databases.add(key);
  }
  const directoryKeys = new Set<string>();
  for (const { root, path } of directories) {
    const key = `${root}:${path}`;
    if (!known.has(root)) refuse(`${shown(key)} belongs to no root`);
    if (path !== "" && !isRelative(path)) refuse(`${shown(key)} would lie outside of what is restored`);
    if (directoryKeys.has(key) || fileKeys.has(key)) refuse(`${shown(key)} is there twice`);
    directoryKeys.add(key);
  }
  for (const { path, target } of links) {
    const key = `state:${path}`;
    if (!isRelative(path) || !isLoadedCode(path) || !isPlain(target)) refuse(`${shown(key)} is no place for a link`);
    if (directoryKeys.has(key) || fileKeys.has(key)) refuse(`${shown(key)} is there twice`);
    // What would lie below it would be written through it.
    fileKeys.add(key);
  }
  for (const { root, path } of [...files, ...directories, ...links.map((link) => ({ root: "state", ...link }))]) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) if (fileKeys.has(`${root}:${path.slice(0, end)}`)) refuse(`${shown(path)} lies below a file`);
    // SQLite would apply a journal that lies beside a database to it, and delete what the journal names.
    const base = sidecarOf(path);
    if (base !== undefined && databases.has(`${root}:${base}`)) refuse(`${shown(path)} lies beside a database that was copied whole`);
  }
}

function isRelative(path: string): boolean {
  return isPlain(path) && path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== ".." && Buffer.byteLength(segment) <= MAX_NAME_BYTES);
}

function isPlain(path: string): boolean {
  return !path.includes("\0") && path.isWellFormed();
}

function normal(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  return segments.includes("..") ? "" : `/${segments.join("/")}`;
}

function sealOf(manifest: Omit<Manifest, "seal">): string {
  return createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
}

function invalid(name: string, what: string): FortressError {
  return new FortressError("backup-invalid", `${shown(name)}: ${what}.`, ELSEWHERE);
}

/** Names come from where nobody can be trusted, and go to a terminal. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?").slice(0, 120);
}
