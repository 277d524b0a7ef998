import { posix } from "node:path";

/** True when `path` is `root` or lies in it. Both absolute and normalised. */
export function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root === "/" ? "/" : `${root}/`);
}

export interface BindSpec {
  readonly source: string;
  readonly target: string;
  readonly mode: "ro" | "rw";
}

/**
 * Reads `source:target[:options]` as the engines do; source and target come back normalised.
 *
 * @returns undefined for what the engines would read as a volume or refuse
 */
export function parseBind(bind: string): BindSpec | undefined {
  const [source, target, options = "", ...rest] = bind.split(":");
  if (!source?.startsWith("/") || !target?.startsWith("/") || rest.length > 0) return undefined;
  return { source: normalise(source), target: normalise(target), mode: options.split(",").includes("ro") ? "ro" : "rw" };
}

export function normalise(path: string): string {
  return posix.normalize(path).replace(/(.)\/+$/, "$1");
}
