import { posix } from "node:path";
import type { Finding } from "../model/finding.ts";
import type { Mount } from "../model/sandbox.ts";
import { forbiddenIn } from "./classify.ts";
import type { MountFacts } from "./facts.ts";
import { emptyFolder, projectionFolder } from "./own-folders.ts";
import { reachOf } from "./reach.ts";
import { STATE_ENTRIES, type StateEntry } from "./table.ts";

export interface StateMounts {
  readonly mounts: readonly Mount[];
  readonly findings: readonly Finding[];
}

/** The state directory as a sandbox sees it: the redacted configuration, and the entries of the table that are there. */
export function stateMounts(facts: MountFacts): StateMounts {
  if (facts.profile.name === "minimal") return { mounts: [], findings: [] };
  const { stateDir, agentId } = facts.places;
  const mounts: Mount[] = [{ source: projectionFolder(stateDir, agentId), target: facts.stateDir, mode: "ro", purpose: "the redacted configuration" }];
  const findings: Finding[] = [];
  for (const entry of STATE_ENTRIES) {
    if (!isWanted(entry, facts)) continue;
    const path = posix.join(facts.stateDir, entry.path.replace("<agent>", agentId ?? ""));
    const { kind, real } = facts.layout.inspect(path);
    // A linked entry may point anywhere, at a secret too.
    if (kind !== "directory" || real !== posix.join(stateDir, posix.relative(facts.stateDir, path))) continue;
    // The operator may have put secrets.env into one of them.
    if (reachOf(real, facts.places).kind === "too-much") continue;
    const covers = coversOf(entry, facts);
    if (covers === undefined) {
      findings.push({
        id: "mounts.not-covered",
        severity: "warn",
        detail: `${path} is left out: something in it that a sandbox must not see is no directory and cannot be covered.`,
        remedy: `Look for links and files among ${forbiddenIn(entry.path).map(({ path: inner }) => inner).join(", ")} in ${facts.stateDir}.`,
      });
      continue;
    }
    mounts.push({ source: real, target: path, mode: "ro", purpose: entry.purpose }, ...covers);
  }
  return { mounts, findings };
}

function isWanted({ access, path, common }: StateEntry, { places, soleAgent }: MountFacts): boolean {
  if (access !== "ro" || path.includes("*") || path.startsWith("fortress/")) return false;
  return (soleAgent || !common) && (places.agentId !== undefined || !path.includes("<agent>"));
}

/** Empty folders over what must not be seen of an entry; undefined where that cannot be done. */
function coversOf(entry: StateEntry, { layout, stateDir, places }: MountFacts): Mount[] | undefined {
  const covers: Mount[] = [];
  for (const { path, purpose } of forbiddenIn(entry.path)) {
    const target = posix.join(stateDir, path);
    const { kind } = layout.inspect(target);
    if (kind === "missing") continue;
    if (kind !== "directory") return undefined;
    covers.push({ source: emptyFolder(places.stateDir), target, mode: "ro", purpose: `covers ${purpose}` });
  }
  return covers;
}
