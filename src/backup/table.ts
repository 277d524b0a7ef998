import { isWithin } from "../model/paths.ts";

/**
 * What a backup leaves out of the state directory, and why. Everything else is in it: a place that
 * a later OpenClaw adds is rather kept once too often than lost.
 *
 * A pattern without a slash is a name at any depth; with one it is a path from the state directory.
 * `*` is any part of one name. `stays`: a restore into place takes it over from what was there.
 */
interface LeftOut {
  readonly pattern: string;
  readonly because: string;
  readonly stays?: true;
}

const CACHE = "a cache, which is filled again";
const PROGRAMS = "programs, which can be installed again";
export const PACKAGES = "packages, which can be installed again";
const RUNNING = "belongs to a running process";
const LOG = "a log";

export const LEFT_OUT: readonly LeftOut[] = [
  { pattern: "tmp/", because: "work in progress and captured copies of plugins" },
  { pattern: "debug-proxy/", because: "captured traffic" },
  { pattern: "cache/", because: CACHE },
  { pattern: "media/remote-cache/", because: CACHE },
  { pattern: "media/playback-transcode/", because: CACHE },
  { pattern: ".cache", because: CACHE },
  { pattern: "Cache", because: CACHE },
  { pattern: "Code Cache", because: CACHE },
  { pattern: "GPUCache", because: CACHE },
  { pattern: "CacheStorage", because: CACHE },
  { pattern: "__pycache__", because: CACHE },
  { pattern: "locks/", because: RUNNING },
  { pattern: "*.lock", because: RUNNING },
  { pattern: "*.pid", because: RUNNING },
  { pattern: "*.sock", because: RUNNING },
  { pattern: "logs/", because: LOG, stays: true },
  { pattern: "*.log", because: LOG },
  { pattern: "models/", because: "model files, which can be fetched again", stays: true },
  { pattern: "tools/", because: PROGRAMS, stays: true },
  { pattern: "npm-runtime/", because: PROGRAMS, stays: true },
  { pattern: "node-runtime/", because: PROGRAMS, stays: true },
  { pattern: "plugin-skills/", because: "made anew when the gateway starts" },
  { pattern: "fortress/compile-cache/", because: CACHE },
  { pattern: "fortress/mounts/", because: "made anew when the gateway starts" },
  { pattern: "fortress/restored/", because: "what an earlier restore put there" },
  { pattern: "fortress/run/", because: RUNNING },
];

/** Code that the gateway loads: without its packages a restored gateway would start without its plugins, and so without fortress. */
const LOADED_CODE = /^(extensions|npm\/projects)\/[^/]+\//;

/** Links are kept there only: a package finds OpenClaw through one. */
export function isLoadedCode(path: string): boolean {
  return LOADED_CODE.test(path);
}

/**
 * Why something is left out; undefined when it is not.
 *
 * @param path from the state directory, or from another root
 */
export function leftOut(path: string, isDirectory: boolean): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (name === "node_modules") return LOADED_CODE.test(path) ? undefined : PACKAGES;
  const isOthers = SANDBOX_WRITABLE.test(path) || LOADED_CODE.test(path);
  return COMPILED.find(({ matches, onlyDirectory, byPath, onlyGateway }) => (isDirectory || !onlyDirectory) && !(onlyGateway && isOthers) && matches.test(byPath ? path : name))?.because;
}

/** Where a sandbox writes, below the state directory. Nothing there is opened by anything that acts on what it reads. */
const SANDBOX_WRITABLE = /^(workspace(-[^/]*)?|sandboxes|worktrees|projects)(\/|$)/;

const COMPILED = LEFT_OUT.map(({ pattern, because }) => {
  const trimmed = pattern.replace(/\/$/, "");
  return {
    because,
    byPath: pattern.includes("/"),
    onlyDirectory: pattern.endsWith("/"),
    // In a workspace or a package `yarn.lock` is a file like any other.
    onlyGateway: pattern.startsWith("*."),
    matches: new RegExp(`^${trimmed.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*")}$`),
  };
});

/** Directories that no backup holds and that a restore into place takes over from what was there. */
export const STAYING: readonly string[] = LEFT_OUT.flatMap(({ pattern, stays }) => (stays ? [pattern.replace(/\/$/, "")] : []));

/**
 * True where a sandbox can write.
 *
 * @param writable further directories, absolute: workspaces and writable binds of the operator's
 */
export function isSandboxWritable(root: { readonly name: string; readonly source: string }, path: string, writable: readonly string[]): boolean {
  if (root.name === "state" && SANDBOX_WRITABLE.test(path)) return true;
  const absolute = path === "" ? root.source : `${root.source}/${path}`;
  return writable.some((directory) => isWithin(directory, absolute));
}

const SIDECAR = /-(wal|shm|journal)$/;

/** The database that a file belongs to by its name; undefined for any other. */
export function sidecarOf(path: string): string | undefined {
  return SIDECAR.test(path) ? path.replace(SIDECAR, "") : undefined;
}


/** By their name they hold a database; what they hold decides, but one that holds something else is looked at. */
export function isNamedDatabase(path: string): boolean {
  return /\.sqlite3?$/.test(path);
}
