import { posix } from "node:path";
import type { Layout } from "../model/ports.ts";
import type { AccessMode, Mount } from "../model/sandbox.ts";
import type { MountFacts } from "./facts.ts";
import { allNames } from "./names.ts";
import { workspaceCover } from "./own-folders.ts";
import { WORKSPACE_TARGET } from "./paths.ts";
import { exposure, reachOf } from "./reach.ts";
import { judgeReach } from "./source-rules.ts";

interface OwnWorkspace {
  readonly dir: string;
  readonly mode: AccessMode;
}

/** The workspace that the sandbox works in, as OpenClaw's access mode has it. */
export function ownWorkspace({ workspace }: MountFacts): OwnWorkspace {
  return workspace.access === "ro" ? { dir: workspace.agentDir, mode: "ro" } : { dir: workspace.dir, mode: "rw" };
}

/** Private workspaces of sandboxes are named by OpenClaw's slugs of their scope. */
const SANDBOX_SLUG = /-[0-9a-f]{8}$|^workspace-[0-9a-f]{32}$/;

/** Why a sandbox must not work in these directories; one sentence each. */
export function workspaceHazards(facts: MountFacts): string[] {
  const { workspace, layout, places, storage, hostMounts } = facts;
  const hazards: string[] = [];
  for (const dir of new Set([workspace.dir, ownWorkspace(facts).dir])) {
    const { real } = layout.inspect(dir);
    const exposed = allNames(real, hostMounts).map((name) => exposure(reachOf(name, places), "rw"));
    const hazard = exposed.find((found) => found !== undefined) ?? judgeReach(real, storage)[0];
    if (hazard !== undefined) hazards.push(`workspace ${dir}: ${hazard}`);
  }
  // Sandboxes of scope "shared" work in the very directory below which the others have theirs.
  const others = places.agentId === undefined && workspace.access !== "rw" ? layout.list(workspace.dir).filter((name) => SANDBOX_SLUG.test(name)) : [];
  if (others.length > 0) hazards.push(`workspace ${workspace.dir}: it holds the private workspaces of other sandboxes (${others.slice(0, 3).join(", ")}${others.length > 3 ? ", …" : ""})`);
  return hazards;
}

/**
 * Every view of the workspace. In each the folders that only the gateway may write are mounted over,
 * read-only, directly below it: a mount deeper than one level is defeated by renaming the directory
 * above it, which the agent may do.
 */
export function workspaceMounts(facts: MountFacts): Mount[] {
  const own = ownWorkspace(facts);
  const { layout, workspace, workdir, engine } = facts;
  const source = layout.inspect(own.dir).real;
  const mounts: Mount[] = [];
  const guards = own.mode === "rw" ? guardsOf(source, facts) : [];
  const views = new Set([own.dir, WORKSPACE_TARGET]);
  // OpenClaw mounts the working directory itself, but without nosuid and nodev, which Docker cannot give anyway.
  if (own.mode === "rw" && engine === "podman") views.add(workdir);
  for (const target of views) mounts.push({ source, target, mode: own.mode, purpose: "the sandbox's workspace" });
  if (own.mode === "rw") views.add(workdir);
  for (const target of views) {
    for (const guard of guards) {
      // OpenClaw does this one itself, and lets nobody else do it.
      if (target === workdir && guard.name === "skills") continue;
      mounts.push({ source: guard.source, target: posix.join(target, guard.name), mode: "ro", purpose: guard.purpose });
    }
  }
  if (workspace.access === "rw" && workspace.skillsDir !== undefined) {
    const skills = posix.join(workspace.skillsDir, "skills");
    const { kind, real } = layout.inspect(skills);
    if (kind === "directory" && !isBelow(skills, own.dir)) mounts.push({ source: real, target: skills, mode: "ro", purpose: "skills made ready for this sandbox" });
  }
  return mounts;
}

interface Guard {
  readonly name: string;
  readonly source: string;
  readonly purpose: string;
}

function guardsOf(workspace: string, { layout, places, workspace: { access } }: MountFacts): Guard[] {
  const guards: Guard[] = [];
  for (const [probe, name] of [["skills", "skills"], [".agents/skills", ".agents"]] as const) {
    // The agent writes here: a link planted in place of the directory must not become a bind source.
    if (isPlainDirectory(posix.join(workspace, probe), layout)) guards.push({ name, source: posix.join(workspace, name), purpose: "skills, which only the gateway writes" });
  }
  // The gateway runs what it finds in a workspace's .openclaw: extensions and the set-up of worktrees.
  if (access === "rw") guards.push({ name: ".openclaw", source: workspaceCover(places.stateDir), purpose: "covers what the gateway would run" });
  return guards;
}

function isPlainDirectory(path: string, layout: Layout): boolean {
  const { kind, real } = layout.inspect(path);
  return kind === "directory" && real === path;
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}
