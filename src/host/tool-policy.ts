import type { Finding } from "../model/finding.ts";

/** What sandboxed sessions call to read the status. */
export const STATUS_TOOL = "fortress_status";

interface ToolLists {
  readonly allow?: readonly string[];
  readonly alsoAllow?: readonly string[];
  readonly deny?: readonly string[];
}

interface WithToolLists {
  readonly tools?: { readonly sandbox?: { readonly tools?: ToolLists } };
}

/** The part of OpenClaw's configuration that is read here. */
export interface ToolConfig {
  readonly tools?: unknown;
  readonly agents?: unknown;
}

/** A plugin's tool is not among those that sandboxed sessions get unless the operator lists it. */
export function toolFindings(config: ToolConfig, sandboxedAgents: readonly string[]): Finding[] {
  const without = sandboxedAgents.filter((agentId) => !isOffered(config as WithToolLists, entryOf(config, agentId)));
  if (without.length === 0) return [];
  return [
    {
      id: "host.tool-not-offered",
      severity: "info",
      detail: `Sandboxed sessions of ${without.join(", ")} have no tool ${STATUS_TOOL}, so these agents cannot answer questions about their sandbox; /fortress status works without it.`,
      remedy: `Add it to what is there: openclaw config set tools.sandbox.tools.alsoAllow '["${STATUS_TOOL}"]' --json`,
    },
  ];
}

/** By OpenClaw's rule: a list of the agent takes the place of the common one, and deny wins. */
function isOffered(common: WithToolLists, own: WithToolLists): boolean {
  const pick = (list: keyof ToolLists): readonly string[] | undefined => own.tools?.sandbox?.tools?.[list] ?? common.tools?.sandbox?.tools?.[list];
  if (pick("deny")?.some(matches)) return false;
  const allow = pick("allow");
  return allow?.length === 0 || [...(allow ?? []), ...(pick("alsoAllow") ?? [])].some(matches);
}

function matches(pattern: string): boolean {
  const literal = pattern.trim().toLowerCase().split("*").map((part) => part.replace(/[^\w:-]/g, "\\$&"));
  const expression = new RegExp(`^${literal.join(".*")}$`);
  return [STATUS_TOOL, "fortress", "group:plugins"].some((name) => expression.test(name));
}

function entryOf({ agents }: ToolConfig, agentId: string): WithToolLists {
  const { entries = {}, list = [] } = (agents ?? {}) as { entries?: Record<string, WithToolLists>; list?: readonly (WithToolLists & { id?: string })[] };
  return entries[agentId] ?? list.find(({ id }) => (id ?? "main") === agentId) ?? {};
}
