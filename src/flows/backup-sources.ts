import { posix } from "node:path";
import { readConfigFile, type ConfigReader } from "../installation/config-file.ts";
import { textOf } from "../model/errors.ts";
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

export function rootsOf(sources: readonly Source[]): Manifest["roots"] {
  return sources.map(({ name, source, what }) => ({ name, source, what }));
}
