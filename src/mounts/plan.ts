import { posix } from "node:path";
import { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Layout } from "../model/ports.ts";
import type { AccessMode, Mount } from "../model/sandbox.ts";
import type { MountFacts } from "./facts.ts";
import { hostBlocks } from "./host-blocked.ts";
import { judgeBind } from "./judge.ts";
import { exposure, reachOf } from "./reach.ts";
import { STATE_ENTRIES } from "./table.ts";

export interface MountPlan {
  readonly mounts: readonly Mount[];
  /** Binds in the engines' notation, in a stable order: they are part of OpenClaw's config hash. */
  readonly binds: readonly string[];
  /** The operator's own binds that stay, a subset of `binds`. */
  readonly keptBinds: readonly string[];
  readonly findings: readonly Finding[];
}

export const WORKSPACE_TARGET = "/agent-workspace";

/**
 * What a sandbox gets to see beside OpenClaw's own mounts.
 *
 * @throws FortressError `mount-refused` when the workspace or one of the operator's binds reaches
 *   something that must not be seen; all of them are named.
 */
export function planMounts(facts: MountFacts): MountPlan {
  const refusals: string[] = [];
  const remedies = new Set<string>();
  const findings: Finding[] = [];

  const workspace = ownWorkspace(facts);
  for (const dir of new Set([facts.workspace.dir, workspace.dir])) {
    const hazard = exposure(reachOf(facts.layout.inspect(dir).real, facts.places), "rw");
    if (hazard === undefined) continue;
    refusals.push(`workspace ${dir}: ${hazard}`);
    remedies.add("Set agents.*.workspace to a directory of its own.");
  }

  const keptBinds: string[] = [];
  for (const bind of facts.operatorBinds) {
    const judgement = judgeBind(bind, facts);
    if (judgement.verdict === "keep") keptBinds.push(bind);
    if (judgement.verdict === "refuse") {
      refusals.push(`bind "${bind}": ${judgement.because}`);
      remedies.add(judgement.remedy);
    }
    if (judgement.verdict === "replace") {
      findings.push({
        id: "mounts.bind-replaced",
        severity: "info",
        detail: `bind "${bind}" is not used: ${judgement.because}.`,
        remedy: "Remove it from agents.*.sandbox.docker.binds when you like; it has no effect.",
      });
    }
  }
  if (refusals.length > 0) throw new FortressError("mount-refused", `${refusals.join("; ")}.`, [...remedies].join(" "));

  const wanted = [...stateMounts(facts), ...workspaceMounts(workspace, facts)];
  const mounts = wanted.filter(({ source }) => hostBlocks(source, facts.home) === undefined);
  if (mounts.length < wanted.length) findings.push(blockedFinding(wanted, facts.home));
  for (const { source, target } of mounts) {
    if (`${source}${target}`.includes(":")) {
      throw new FortressError("mount-refused", `the path ${source} contains a colon, which no engine can bind.`, "Rename the directory.");
    }
  }
  // `z` is what OpenClaw gives its own binds: without it SELinux hosts deny every access.
  const binds = [...mounts.map(({ source, target, mode }) => `${source}:${target}:${mode},z`), ...keptBinds];
  return { mounts, binds, keptBinds, findings };
}

/** A gateway of root with its HOME in /root is the usual case; its sandboxes are hardened, but see less. */
function blockedFinding(wanted: readonly Mount[], home: string): Finding {
  const blocked = wanted.filter(({ source }) => hostBlocks(source, home) !== undefined);
  return {
    id: "mounts.blocked-by-host",
    severity: "warn",
    detail: `${blocked.length} of ${wanted.length} binds are left out, because OpenClaw binds nothing from ${hostBlocks(blocked[0]!.source, home)}. The sandbox is as closed as with them, but misses what is there.`,
    remedy: "Run the gateway as a user of its own, with its state directory and workspace elsewhere.",
  };
}

function stateMounts(facts: MountFacts): Mount[] {
  const mounts: Mount[] = [];
  for (const entry of STATE_ENTRIES) {
    if (entry.access !== "ro" || entry.path.includes("*")) continue;
    if (entry.path.includes("<agent>") && facts.places.agentId === undefined) continue;
    const path = posix.join(facts.stateDir, entry.path.replace("<agent>", facts.places.agentId ?? ""));
    const { kind, real } = facts.layout.inspect(path);
    // A linked entry may point anywhere, at a secret too.
    if (kind !== "directory" || real !== posix.join(facts.places.stateDir, posix.relative(facts.stateDir, path))) continue;
    // The operator may have put secrets.env into one of them.
    if (exposure(reachOf(real, facts.places), "ro") !== undefined) continue;
    mounts.push({ source: real, target: path, mode: "ro", purpose: entry.purpose });
  }
  return mounts;
}

interface OwnWorkspace {
  readonly dir: string;
  readonly mode: AccessMode;
}

function ownWorkspace({ workspace }: MountFacts): OwnWorkspace {
  return workspace.access === "ro" ? { dir: workspace.agentDir, mode: "ro" } : { dir: workspace.dir, mode: "rw" };
}

function workspaceMounts(own: OwnWorkspace, facts: MountFacts): Mount[] {
  const mounts: Mount[] = [];
  const { layout } = facts;
  const source = layout.inspect(own.dir).real;
  const guarded = own.mode === "rw" ? protectedFolders(source, layout) : [];
  for (const target of [own.dir, WORKSPACE_TARGET]) {
    mounts.push({ source, target, mode: own.mode, purpose: "the sandbox's workspace" });
    for (const name of guarded) {
      mounts.push({ source: posix.join(source, name), target: posix.join(target, name), mode: "ro", purpose: "skills, which only the gateway writes" });
    }
  }
  if (facts.workspace.access === "rw" && facts.workspace.skillsDir !== undefined) {
    const skills = posix.join(facts.workspace.skillsDir, "skills");
    const { kind, real } = layout.inspect(skills);
    if (kind === "directory") mounts.push({ source: real, target: skills, mode: "ro", purpose: "skills made ready for this sandbox" });
  }
  return mounts;
}

/**
 * OpenClaw protects skills below its own view of the workspace; every further view needs the same,
 * or a skill could be rewritten through it. `.agents` is bound whole because a mount deeper than one
 * level is defeated by renaming the directory above it.
 */
function protectedFolders(workspace: string, layout: Layout): string[] {
  return ([["skills", "skills"], [".agents/skills", ".agents"]] as const).flatMap(([probe, name]) => {
    const path = posix.join(workspace, probe);
    const { kind, real } = layout.inspect(path);
    // The agent writes here: a link planted in place of the directory must not become a bind source.
    return kind === "directory" && real === path ? [name] : [];
  });
}
