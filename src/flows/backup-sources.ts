import { posix } from "node:path";
import { readConfigFile, type ConfigReader } from "../installation/config-file.ts";
import { textOf } from "../model/errors.ts";
import { isWithin } from "../model/paths.ts";
import { counted } from "../model/units.ts";
import type { Manifest, RootName, Skipped } from "../model/backup.ts";
import type { BackupPlan } from "./backup-job.ts";

export interface Source {
  readonly name: RootName;
  /** Canonical. */
  readonly source: string;
  readonly what: string;
  /** Only these names of it; undefined is everything. */
  readonly only?: ReadonlySet<string>;
}

/**
 * The state directory, and what belongs to it but lies elsewhere: the configuration with what it
 * includes, and agents' directories.
 *
 * @param real the canonical path
 */
export function backupSources(plan: BackupPlan, reader: ConfigReader): { readonly sources: readonly Source[]; readonly skipped: readonly Skipped[] } {
  const sources: Source[] = [{ name: "state", source: plan.stateDir, what: "the state directory" }];
  const covered = (path: string): boolean => sources.some(({ source, only }) => only === undefined && (path === source || path.startsWith(`${source}/`)));
  const add = (source: string, what: string, only?: ReadonlySet<string>): void => void sources.push({ name: `outside-${sources.length}` as RootName, source, what, ...(only ? { only } : {}) });

  for (const path of new Set(plan.agentDirs.map((each) => reader.real(each)))) if (!covered(path)) add(path, "an agent's directory");
  const { files, failure } = configFiles(plan, reader);
  const folders = Map.groupBy(files.map((file) => reader.real(file)).filter((file) => !covered(file)), (file) => posix.dirname(file));
  for (const [folder, inside] of folders) add(folder, "the configuration", new Set(inside.map((file) => posix.basename(file))));
  return { sources, skipped: failure === undefined ? [] : [{ path: plan.configFile, because: `what it includes is not known: ${failure}` }] };
}

/** What a broken configuration includes is not known; the file itself is kept all the same. */
function configFiles({ configFile, includeRoots }: BackupPlan, reader: ConfigReader): { readonly files: readonly string[]; readonly failure?: string } {
  const files = new Set([configFile]);
  try {
    readConfigFile({ configFile, includeRoots }, { ...reader, read: (path) => (files.add(path), reader.read(path)) });
    return { files: [...files] };
  } catch (error) {
    return { files: [...files], failure: textOf(error) };
  }
}

/**
 * Configured agents' directories that had databases and have none of them any more: removed, or on a disk
 * that is not mounted. Who means it takes the directory out of the configuration.
 *
 * @param former the newest verified set
 * @param isLink of what `reader.real` leaves as it is: a link that leads nowhere
 */
export function lostAgents({ agentDirs, stateDir }: BackupPlan, reader: Pick<ConfigReader, "real">, isLink: (path: string) => boolean, sources: readonly Source[], former: Manifest, { files, problems }: Pick<Manifest, "files" | "problems">): Manifest["problems"] {
  const rootOf = new Map<string, string>(former.roots.map(({ name, source }) => [name, name === "state" ? stateDir : source]));
  const had = former.files.filter(({ kind }) => kind === "database").map(({ root, path }) => posix.join(rootOf.get(root)!, path));
  const sourceOf = new Map<string, string>(sources.map(({ name, source }) => [name, source]));
  const has = new Set(files.map(({ root, path }) => posix.join(sourceOf.get(root)!, path)));
  const known = (path: string): boolean => has.has(path) || problems.some((problem) => path.endsWith(problem.path.replace(/^outside-\d+:/, "")));
  const elsewhere = had.filter((path) => !sources.some(({ source }) => isWithin(source, path)));
  return [...new Set(agentDirs)].flatMap((directory) => {
    const real = reader.real(directory);
    const own = isLink(real) ? elsewhere : had.filter((path) => isWithin(real, path));
    if (own.length === 0 || own.some(known)) return [];
    return [{ path: directory, kind: "no-database" as const, detail: `is an agent's directory, and its ${counted(own.length, "database")} of the set before ${own.length === 1 ? "is" : "are"} gone; where that is meant, take it out of agents.*.agentDir` }];
  });
}

export function rootsOf(sources: readonly Source[]): Manifest["roots"] {
  return sources.map(({ name, source, what }) => ({ name, source, what }));
}
