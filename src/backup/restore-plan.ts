import { FortressError } from "../model/errors.ts";
import type { Manifest, ManifestFile, RootName } from "../model/backup.ts";

/** Where what does not belong to the state directory goes in a fresh one; no sandbox sees it there. */
const OUTSIDE = "fortress/restored";

/** What is restored, and where to: relative to the fresh directory. */
export interface RestorePlan {
  readonly files: readonly { readonly file: ManifestFile; readonly to: string }[];
  /** Made last. */
  readonly links: Manifest["links"];
  readonly directories: readonly { readonly directory: Manifest["directories"][number]; readonly to: string }[];
}

/**
 * @param only one file, as `list` and the manifest name it; undefined restores everything
 * @throws FortressError `backup-refused` when the set holds no such file
 */
export function planRestore({ id, files, directories, links }: Manifest, only: string | undefined): RestorePlan {
  if (only === undefined) return { links, files: files.map((file) => ({ file, to: targetOf(file) })), directories: directories.map((directory) => ({ directory, to: targetOf(directory) })) };
  const file = files.find((each) => nameOf(each) === only);
  if (file) return { files: [{ file, to: targetOf(file) }], directories: [], links: [] };
  const databases = files.filter(({ kind }) => kind === "database").map(nameOf);
  throw new FortressError("backup-refused", `--only: ${id} holds no ${only.replace(/\p{Cc}/gu, "?").slice(0, 120)}.`, `Its databases: ${databases.join(", ") || "none"}.`);
}

/** As a person names a file of a set: its path in the state directory, else with the name of its root. */
export function nameOf({ root, path }: { readonly root: RootName; readonly path: string }): string {
  return root === "state" ? path : `${root}:${path}`;
}

function targetOf({ root, path }: { readonly root: RootName; readonly path: string }): string {
  return root === "state" ? path : [OUTSIDE, root, path].filter(Boolean).join("/");
}
