import type { Finding } from "../model/finding.ts";

/** What sandboxed sessions call to read the status. */
export const STATUS_TOOL = "fortress_status";

/** Which tools sandboxed sessions have. */
export interface ToolLists {
  readonly allow?: readonly string[] | undefined;
  readonly alsoAllow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

interface Tools {
  readonly sandbox?: { readonly tools?: ToolLists };
}

/** The part of OpenClaw's configuration that is read here. */
export interface ToolConfig {
  readonly tools?: unknown;
  readonly agents?: unknown;
}

/** A plugin's tool is not among those that sandboxed sessions get unless the operator lists it. */
export function toolFindings(config: ToolConfig, sandboxedAgents: readonly string[]): Finding[] {
  const without = sandboxedAgents.filter((agentId) => !isOffered(toolLists(config, agentId)));
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
export function toolLists(config: ToolConfig, agentId: string): ToolLists {
  const [own, common] = [toolsOf(config, agentId), config.tools as Tools | undefined].map((tools) => tools?.sandbox?.tools);
  const pick = (list: keyof ToolLists): readonly string[] | undefined => own?.[list] ?? common?.[list];
  return { allow: pick("allow"), alsoAllow: pick("alsoAllow"), deny: pick("deny") };
}

/** True when one of the patterns, as OpenClaw reads them, is of one of the names. */
export function matchesAny(patterns: readonly string[] | undefined, names: readonly string[]): boolean {
  return patterns?.some((pattern) => names.some((name) => expressionOf(pattern).test(name))) === true;
}

/** The section `tools` of one agent. */
export function toolsOf({ agents }: ToolConfig, agentId: string): Tools {
  const { entries = {}, list = [] } = (agents ?? {}) as { entries?: Record<string, { tools?: Tools }>; list?: readonly { id?: string; tools?: Tools }[] };
  return (entries[agentId] ?? list.find(({ id }) => (id ?? "main") === agentId))?.tools ?? {};
}

const STATUS_NAMES = [STATUS_TOOL, "fortress", "group:plugins"];

function isOffered({ allow, alsoAllow, deny }: ToolLists): boolean {
  if (matchesAny(deny, STATUS_NAMES)) return false;
  return allow?.length === 0 || matchesAny(allow, STATUS_NAMES) || matchesAny(alsoAllow, STATUS_NAMES);
}

function expressionOf(pattern: string): RegExp {
  const literal = pattern.trim().toLowerCase().split("*").map((part) => part.replace(/[^\w:-]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`);
}
