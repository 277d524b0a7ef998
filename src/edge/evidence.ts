import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { privateFiles } from "./private-files.ts";

/** Keeps what was seen when something went wrong, for the operator only. */
export interface EvidenceStore {
  /** Returns the path. The oldest of this kind go when there are too many. */
  keep(kind: string, at: Date, evidence: unknown): string;
  /** Removes what is older; returns how many. */
  expire(before: Date): number;
}

const MAX_FILES = 20;
const MAX_BYTES = 262_144;
const NAME = /^[a-z]+-(\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z)\.json$/;

export function evidenceStore(directory: string): EvidenceStore {
  const files = (): string[] => {
    try {
      return readdirSync(directory).filter((name) => NAME.test(name)).sort();
    } catch {
      return [];
    }
  };
  const remove = (names: readonly string[]): number => {
    for (const name of names) rmSync(join(directory, name), { force: true });
    return names.length;
  };
  return {
    keep(kind, at, evidence) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const path = join(directory, `${kind}-${stamp(at)}.json`);
      const text = JSON.stringify(evidence, null, 2);
      privateFiles.replace(path, `${text.length <= MAX_BYTES ? text : JSON.stringify({ cut: text.slice(0, MAX_BYTES / 2) })}\n`, { exclusive: false });
      const ofKind = files().filter((name) => name.startsWith(`${kind}-`));
      remove(ofKind.slice(0, Math.max(0, ofKind.length - MAX_FILES)));
      return path;
    },
    expire: (before) => remove(files().filter((name) => (NAME.exec(name)?.[1] ?? "") < stamp(before))),
  };
}

/** Sorts as text as it does as time. */
function stamp(at: Date): string {
  return at.toISOString().replaceAll(/[:.]/g, "-");
}
