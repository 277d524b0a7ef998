import { posix } from "node:path";
import type { PathKind } from "../model/ports.ts";
import type { MountFacts } from "./facts.ts";
import { allNames } from "./names.ts";
import { judgeOptions } from "./option-rules.ts";
import { isWithin } from "../model/paths.ts";
import { type BindSpec, formatBind, parseBind, WORKSPACE_TARGET } from "./paths.ts";
import { exposure, reachOf, type Reach } from "./reach.ts";
import { judgeKind, judgeSource } from "./source-rules.ts";
import { judgeTarget, type TargetFacts } from "./target-rules.ts";

/** What becomes of one of the operator's own binds, and why. */
export type Judgement =
  /** `source` is canonical. */
  | { readonly verdict: "keep"; readonly spec: BindSpec; readonly single: boolean }
  | { readonly verdict: "replace"; readonly because: string }
  | { readonly verdict: "refuse"; readonly because: string; readonly remedy: string };

const REMOVE_BIND = "Remove it; fortress mounts what the agent needs by itself.";

/**
 * Judges one bind of the operator's by where its source really lies, by its options and by where it
 * would be mounted.
 *
 * @param externalAllowed whether its source may lie outside the workspace
 */
export function judgeBind(bind: string, facts: MountFacts, targets: TargetFacts, externalAllowed = facts.externalBindsAllowed): Judgement {
  const spec = parseBind(bind);
  if (!spec) return refuse(["it is not source:target[:options] with absolute paths"], "Write both paths in full; volumes cannot be judged.");
  const { real } = facts.layout.inspect(spec.source);
  const { kind } = facts.layout.inspect(real);
  const reach = reachOf(real, facts.places);

  const replaced = replacement(spec, real, reach, facts);
  if (replaced !== undefined) return { verdict: "replace", because: replaced };

  const exposed = allNames(real, facts.hostMounts)
    .map((name) => exposure(reachOf(name, facts.places), spec.mode))
    .find((found) => found !== undefined);
  const because = [
    ...(exposed !== undefined ? [exposed] : reach.kind === "elsewhere" ? judgeElsewhere(real, kind, facts, externalAllowed) : judgeKind(real, kind)),
    ...judgeOptions(spec),
    ...judgeTarget(spec, targets),
  ];
  if (because.length > 0) return refuse(because, remedyFor(spec, real, reach, exposed, facts));
  return { verdict: "keep", spec: { ...spec, source: real }, single: kind === "other" };
}

function refuse(because: readonly string[], remedy: string): Judgement {
  return { verdict: "refuse", because: because.join("; "), remedy };
}

/** Why fortress's own mounts take the place of a bind; undefined when they do not. */
function replacement(spec: BindSpec, real: string, reach: Reach, { layout, workspace }: MountFacts): string | undefined {
  if (reach.kind === "state-itself") return "it would mount the whole state directory; the granular binds take its place";
  const own = layout.inspect(workspace.access === "ro" ? workspace.agentDir : workspace.dir).real;
  if (real === own && (spec.target === WORKSPACE_TARGET || spec.target === spec.source)) return "the workspace is mounted there already";
  // A bind of a table entry onto itself asks for what the table decides; the guide's own binds are of this form.
  if (reach.kind !== "state-entry" || !reach.found || spec.target !== spec.source) return undefined;
  const { entry, relation } = reach.found;
  if (entry.access === "workspace" || (entry.access === "never" && relation === "within")) return undefined;
  return `what an agent sees of ${reach.relative} is decided by the table`;
}

/**
 * fortress sets OpenClaw's switch for external sources for its own binds. An operator's bind must
 * not profit from that: it is held to the switch as the operator set it.
 */
function judgeElsewhere(source: string, kind: PathKind, facts: MountFacts, externalAllowed: boolean): string[] {
  const roots = workspaceRoots(facts);
  if (roots.some((root) => isWithin(root, source))) return judgeKind(source, kind);
  const because = judgeSource(source, kind, facts);
  if (because.length > 0 || externalAllowed) return because;
  return [`its source ${source} is outside the workspace (${roots.join(", ")})`];
}

function workspaceRoots({ workspace, layout }: MountFacts): string[] {
  return [...new Set([workspace.dir, workspace.agentDir].map((root) => layout.inspect(root).real))];
}

/** A bind that does what can be done, as text that can be put in its place. */
function remedyFor(spec: BindSpec, real: string, reach: Reach, exposed: string | undefined, facts: MountFacts): string {
  if (exposed !== undefined) {
    if (reach.kind !== "state-entry" || reach.found?.entry.access !== "ro") return REMOVE_BIND;
    return `Use "${formatBind(spec.source, spec.target, ["ro"])}".`;
  }
  if (reach.kind === "elsewhere" && judgeSource(real, facts.layout.inspect(real).kind, facts).length > 0) {
    return `Put what the agent needs into a directory of its own, for example /srv/agent-data, and use "${formatBind("/srv/agent-data", "/mnt/agent-data", [spec.mode])}".`;
  }
  const better = formatBind(spec.source, `/mnt/${posix.basename(real) || "data"}`, [spec.mode]);
  const outside = reach.kind === "elsewhere" && !facts.externalBindsAllowed && !workspaceRoots(facts).some((root) => isWithin(root, real));
  return `Use "${better}"${outside ? ", with sandbox.docker.dangerouslyAllowExternalBindSources if you trust every process of the sandbox with it" : ""}.`;
}
