import { readdirSync } from "node:fs";
import { join } from "node:path";
import { classify } from "../../src/mounts/classify.ts";

/** Directories that the table judges by what is in them. */
function isDivided(path: string): boolean {
  return /^(agents(\/[^/]+)?|media|sandbox(\/skills-workspaces)?|npm|wiki|worktrees|projects|fortress|fortress\/mounts(\/agents)?)$/.test(path);
}

/** Entries of a state directory, relative to it, that nobody classified. */
export function unclassifiedEntries(stateDir: string, directory = ""): string[] {
  return readdirSync(join(stateDir, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && isDivided(path)) return unclassifiedEntries(stateDir, path);
    // What is an agent's own is classified for that agent.
    const agentId = /^(?:agents|wiki|fortress\/mounts\/agents)\/([^/]+)/.exec(path)?.[1];
    const found = classify(path, agentId);
    return found === undefined || (found.relation === "above" && !found.holder) ? [path] : [];
  });
}
