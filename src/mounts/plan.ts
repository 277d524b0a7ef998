import { posix } from "node:path";
import { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Mount } from "../model/sandbox.ts";
import type { MountFacts } from "./facts.ts";
import { hostBlocks } from "./host-blocked.ts";
import { judgeBind } from "./judge.ts";
import { emptyFolder, type OwnFolders, projectionFolder, SKILLS_MOUNTPOINT, workspaceCover } from "./own-folders.ts";
import { isWithin } from "../model/paths.ts";
import { formatBind, parseBind, WORKSPACE_TARGET } from "./paths.ts";
import { stateMounts } from "./state-mounts.ts";
import type { TargetFacts } from "./target-rules.ts";
import { ownWorkspace, workspaceHazards, workspaceMounts } from "./workspace-mounts.ts";

export interface MountPlan {
  readonly mounts: readonly Mount[];
  /** Binds in the engines' notation, in a stable order: they are part of OpenClaw's config hash. */
  readonly binds: readonly string[];
  /** What the browser container gets: the operator's own binds that stay. */
  readonly browserBinds: readonly string[];
  /** What has to be there before the container is made. */
  readonly own: OwnFolders;
  readonly findings: readonly Finding[];
}

/**
 * What a sandbox gets to see beside OpenClaw's own mounts.
 *
 * @throws FortressError `mount-refused` when the workspace or one of the operator's binds reaches
 *   something that must not be seen; all of them are named.
 */
export function planMounts(facts: MountFacts): MountPlan {
  const refusals = workspaceHazards(facts).map((what) => ({ what, remedy: SEPARATE_WORKSPACE }));
  const findings: Finding[] = [];

  const judged = judgeAll(facts.operatorBinds, facts, findings, refusals);
  const browserBinds = facts.browserBinds ? judgeAll(facts.browserBinds, facts, findings, refusals) : judged;
  const added = addedMounts(facts, judged, refusals);
  if (refusals.length > 0) {
    throw new FortressError("mount-refused", `${[...new Set(refusals.map(({ what }) => what))].join("; ")}.`, [...new Set(refusals.map(({ remedy }) => remedy))].join(" "));
  }

  const state = stateMounts(facts);
  const wanted = [...state.mounts, ...workspaceMounts(facts)];
  const own = wanted.filter(({ source }) => hostBlocks(source, facts.home) === undefined);
  const mounts = [...own, ...added];
  findings.push(...state.findings);
  if (own.length < wanted.length) findings.push(blockedFinding(wanted, facts.home));
  for (const { source, target } of mounts) {
    if (`${source}${target}`.includes(":")) {
      throw new FortressError("mount-refused", `the path ${source} contains a colon, which no engine can bind.`, "Rename the directory.");
    }
  }
  // `z` is what OpenClaw gives its own binds: without it SELinux hosts deny every access.
  const format = ({ source, target, mode }: Mount, label: readonly string[]): string => formatBind(source, target, [mode, ...label, ...(mode === "rw" ? safeguards(facts) : [])]);
  const binds = [...own.map((mount) => format(mount, ["z"])), ...added.map((mount) => format(mount, [])), ...judged];
  return { mounts, binds, browserBinds, own: ownFolders(mounts, facts), findings };
}

const SEPARATE_WORKSPACE = "Set agents.*.workspace (for sandboxes of scope shared: sandbox.workspaceRoot) to a directory of its own, for example ~/.openclaw/workspace-shared.";

type Refusal = { readonly what: string; readonly remedy: string };

/** The binds that stay, in the engines' notation. */
function judgeAll(binds: readonly string[], facts: MountFacts, findings: Finding[], refusals: Refusal[]): string[] {
  const kept = new Map<string, string>();
  const targets = targetFacts(binds, facts);
  for (const bind of binds) {
    const judgement = judgeBind(bind, facts, targets);
    if (judgement.verdict === "refuse") refusals.push({ what: `bind "${bind}": ${judgement.because}`, remedy: `For "${bind}": ${judgement.remedy}` });
    if (judgement.verdict === "replace") findings.push(unused(bind, judgement.because));
    if (judgement.verdict !== "keep") continue;
    const { source, target, mode, options } = judgement.spec;
    const before = kept.get(target);
    if (before !== undefined) findings.push(unused(before, `"${bind}" has the same target, and OpenClaw takes the last one`));
    if (judgement.single) {
      findings.push({ id: "mounts.bind-of-file", severity: "info", detail: `bind "${bind}" is of a single file: a sandbox keeps the old one when it is replaced, and the file tools cannot read it.`, remedy: `Bind its directory: "${formatBind(posix.dirname(source), posix.dirname(target), options)}".` });
    }
    kept.set(target, formatBind(source, target, mode === "rw" ? [...new Set([...options, ...safeguards(facts)])] : options));
  }
  return [...kept.values()];
}

function unused(bind: string, because: string): Finding {
  return { id: "mounts.bind-replaced", severity: "info", detail: `bind "${bind}" is not used: ${because}.`, remedy: "Remove it from agents.*.sandbox.docker.binds when you like; it has no effect." };
}

/** Mounts that the configuration of fortress adds, by the rules of an operator's bind. */
function addedMounts(facts: MountFacts, kept: readonly string[], refusals: Refusal[]): Mount[] {
  const taken = new Map(kept.flatMap((bind) => parseBind(bind) ?? []).map(({ source, target }) => [target, source]));
  const binds = facts.profile.add.map(({ source, target, mode }) => formatBind(source, target, [mode]));
  const targets = targetFacts(binds, facts);
  return facts.profile.add.flatMap((mount, index) => {
    const refuse = (because: string, remedy: string): Mount[] => {
      refusals.push({ what: `mounts.add "${binds[index]}": ${because}`, remedy: `For "${binds[index]}": ${remedy}` });
      return [];
    };
    const judgement = judgeBind(binds[index]!, facts, targets, true);
    if (judgement.verdict === "refuse") return refuse(judgement.because, judgement.remedy);
    if (judgement.verdict === "replace") return refuse(judgement.because, "Remove it.");
    const { source, target } = judgement.spec;
    const other = taken.get(target);
    taken.set(target, source);
    return other === undefined ? [{ ...mount, source, target }] : refuse(`${other} is mounted at ${target} already`, "Choose another target.");
  });
}

function targetFacts(binds: readonly string[], facts: MountFacts): TargetFacts {
  const { stateDir, workdir, reservedTargetsAllowed } = facts;
  const workspace = ownWorkspace(facts);
  const views = [workdir, workspace.dir, WORKSPACE_TARGET];
  const others = binds.flatMap((bind) => parseBind(bind) ?? []).filter(({ mode }) => mode === "rw");
  return {
    reserved: [workdir, "/agent"],
    reservedAllowed: reservedTargetsAllowed,
    own: [WORKSPACE_TARGET, workspace.dir, stateDir],
    writable: [...(workspace.mode === "rw" ? views : []), ...others.map(({ target }) => target)],
  };
}

/** Docker has no way to say it for a bind; what its workspaces then lack is a finding of the observed mounts. */
function safeguards({ engine }: MountFacts): string[] {
  return engine === "podman" ? ["nosuid", "nodev"] : [];
}

function ownFolders(mounts: readonly Mount[], { stateDir, places }: MountFacts): OwnFolders {
  const directory = projectionFolder(places.stateDir, places.agentId);
  const folders = [emptyFolder(places.stateDir), posix.join(workspaceCover(places.stateDir), SKILLS_MOUNTPOINT)];
  if (!mounts.some(({ source }) => source === directory)) return { folders };
  const mountpoints = mounts.map(({ target }) => target).filter((target) => isWithin(stateDir, target));
  return {
    projection: { directory, agentId: places.agentId },
    folders: [...folders, ...mountpoints.map((target) => posix.join(directory, posix.relative(stateDir, target)))],
  };
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
