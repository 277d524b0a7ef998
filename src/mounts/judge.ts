import type { MountFacts } from "./facts.ts";
import { isWithin, parseBind } from "./paths.ts";
import { exposure, reachOf } from "./reach.ts";

/** What becomes of one of the operator's own binds, and why. */
export type Judgement =
  | { readonly verdict: "keep" }
  | { readonly verdict: "replace"; readonly because: string }
  | { readonly verdict: "refuse"; readonly because: string; readonly remedy: string };

const KEEP: Judgement = { verdict: "keep" };
const REMOVE_BIND = "Remove the bind from agents.*.sandbox.docker.binds; fortress mounts what the agent needs by itself.";

/** Judges one bind of the operator's configuration by where its source really lies. */
export function judgeBind(bind: string, facts: MountFacts): Judgement {
  const spec = parseBind(bind);
  // OpenClaw refuses volumes and relative sources itself, with an error of its own.
  if (!spec) return KEEP;
  const source = facts.layout.inspect(spec.source).real;
  const reach = reachOf(source, facts.places);
  if (reach.kind === "state-itself") return { verdict: "replace", because: "it would mount the whole state directory; the granular binds take its place" };
  if (reach.kind === "elsewhere") return judgeElsewhere(source, facts);

  // A bind of a table entry onto itself asks for what the table decides; the guide's own binds are of this form.
  const covered = reach.kind === "state-entry" && reach.found && !(reach.found.entry.access === "never" && reach.found.relation === "within");
  if (covered && spec.target === spec.source && reach.found?.entry.access !== "workspace") {
    return { verdict: "replace", because: `what may be seen of ${reach.relative} is mounted by the table already` };
  }
  const because = exposure(reach, spec.mode);
  return because === undefined ? KEEP : { verdict: "refuse", because, remedy: REMOVE_BIND };
}

/**
 * fortress sets OpenClaw's switch for external sources for its own binds. An operator's bind must
 * not profit from that: it is held to the switch as the operator set it.
 */
function judgeElsewhere(source: string, { workspace, layout, externalBindsAllowed }: MountFacts): Judgement {
  const roots = [workspace.dir, workspace.agentDir].map((root) => layout.inspect(root).real);
  if (externalBindsAllowed || roots.some((root) => isWithin(root, source))) return KEEP;
  return {
    verdict: "refuse",
    because: `its source is outside the workspace (${roots.join(", ")})`,
    remedy: "Remove it, or set sandbox.docker.dangerouslyAllowExternalBindSources if you trust every process of the sandbox with it.",
  };
}
