import { posix } from "node:path";

/** Where a sandbox finds its workspace, whatever it is called on the host. */
export const WORKSPACE_TARGET = "/agent-workspace";

export interface BindSpec {
  readonly source: string;
  readonly target: string;
  readonly mode: "ro" | "rw";
  readonly options: readonly string[];
}

/**
 * Reads `source:target[:options]` as the engines do; source and target come back normalised.
 *
 * @returns undefined for what the engines would read as a volume or refuse
 */
export function parseBind(bind: string): BindSpec | undefined {
  const [source, target, options = "", ...rest] = bind.split(":");
  if (!source?.startsWith("/") || !target?.startsWith("/") || rest.length > 0) return undefined;
  const list = options.split(",").filter(Boolean);
  return { source: normalise(source), target: normalise(target), mode: list.includes("ro") ? "ro" : "rw", options: list };
}

export function formatBind(source: string, target: string, options: readonly string[]): string {
  return [source, target, options.join(",")].filter(Boolean).join(":");
}

export function normalise(path: string): string {
  return posix.normalize(path).replace(/(.)\/+$/, "$1");
}
