import { classify, type Classification } from "./classify.ts";
import { isWithin, overlaps } from "../model/paths.ts";

/** Where the things that must be kept from a sandbox lie; all paths canonical. */
export interface Places {
  readonly stateDir: string;
  /** The directory that holds `secrets.env`. */
  readonly secretsDir: string;
  /** Further places of the same kind, with what is there. */
  readonly guarded: readonly { readonly path: string; readonly what: string }[];
  /** Undefined for a sandbox that several agents share. */
  readonly agentId: string | undefined;
}

/** Where a directory on the host lies, seen from what must be kept. */
export type Reach =
  /** It is, contains or lies in a place of secrets, or contains the state directory. */
  | { readonly kind: "too-much"; readonly because: string }
  | { readonly kind: "state-itself" }
  | { readonly kind: "state-entry"; readonly relative: string; readonly found: Classification | undefined }
  | { readonly kind: "elsewhere" };

/** @param path canonical */
export function reachOf(path: string, { stateDir, secretsDir, guarded, agentId }: Places): Reach {
  if (path === stateDir) return { kind: "state-itself" };
  if (isWithin(path, stateDir)) return { kind: "too-much", because: `it contains the state directory ${stateDir}` };
  if (overlaps(path, secretsDir)) return { kind: "too-much", because: `it reaches the secrets in ${secretsDir}` };
  const found = guarded.find((place) => overlaps(path, place.path));
  if (found) return { kind: "too-much", because: `it reaches ${found.what} (${found.path})` };
  if (!isWithin(stateDir, path)) return { kind: "elsewhere" };
  const relative = path.slice(stateDir.length + 1);
  return { kind: "state-entry", relative, found: classify(relative, agentId) };
}

/** Why a mount of what `reach` describes gives too much away in this mode; undefined when it does not. */
export function exposure(reach: Reach, mode: "ro" | "rw"): string | undefined {
  switch (reach.kind) {
    case "elsewhere":
      return undefined;
    case "too-much":
      return reach.because;
    case "state-itself":
      return "it is the whole state directory";
    case "state-entry": {
      if (!reach.found) return `nobody classified ${reach.relative} in the state directory`;
      const { path, access, purpose } = reach.found.entry;
      if (access === "never") return `it reaches ${path} (${purpose})`;
      return access === "ro" && mode === "rw" ? `${path} (${purpose}) is never writable` : undefined;
    }
  }
}
