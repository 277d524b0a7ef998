import { FortressError } from "../model/errors.ts";
import type { Manifest, ManifestFile, RootName } from "../model/backup.ts";
import { counted } from "../model/units.ts";
import { OVER_BUDGET } from "./budget.ts";
import { PACKAGES } from "./table.ts";

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

/** What no restore of the set brings back of workspaces, for who looks for it; undefined where nothing is known to be missing. */
export function missingNote({ skipped, skippedMore }: Pick<Manifest, "skipped" | "skippedMore">): string | undefined {
  const count = (reason: string): number => skipped.filter(({ because }) => because === reason).length;
  const [unfit, packages] = [count(OVER_BUDGET), count(PACKAGES)];
  const parts = [
    ...(unfit > 0 ? [`${counted(unfit, "file", "files and directories")} of workspaces for which backups.workspaces had no room`] : []),
    ...(packages > 0 ? [counted(packages, "directory node_modules", "directories node_modules")] : []),
    ...(skippedMore > 0 ? [`${skippedMore} more that the manifest does not list`] : []),
  ];
  return parts.length === 0 ? undefined : `Not in the set: ${parts.join(", ")}; manifest.json says which`;
}

function targetOf({ root, path }: { readonly root: RootName; readonly path: string }): string {
  return root === "state" ? path : [OUTSIDE, root, path].filter(Boolean).join("/");
}
