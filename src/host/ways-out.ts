import type { Finding } from "../model/finding.ts";
import { matchesAny, type ToolConfig, toolLists, type ToolLists, toolsOf } from "./tool-policy.ts";

/** The part of OpenClaw's configuration that is read here. */
interface WaysOutConfig extends ToolConfig {
  readonly gateway?: unknown;
  readonly plugins?: unknown;
}

interface Tools {
  readonly elevated?: { readonly enabled?: boolean; readonly allowFrom?: Readonly<Record<string, unknown>> };
  readonly exec?: { readonly host?: string };
}

/** Tools that work on the gateway's host or on another machine, with the groups that they are in. Source: OpenClaw's docs, `gateway/config-tools/tool-policy`. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  gateway: ["group:automation", "group:openclaw"],
  nodes: ["group:nodes", "group:openclaw"],
  computer: ["group:nodes", "group:openclaw"],
  terminal: ["group:ui", "group:openclaw"],
};

/** What the gateway refuses on its own HTTP endpoint. Source: OpenClaw's docs, `gateway/tools-invoke-http-api`. */
const NOT_BY_HTTP = ["exec", "spawn", "shell", "fs_write", "fs_delete", "fs_move", "apply_patch", "sessions_spawn", "sessions_send", "cron", "gateway", "nodes"];

/** By which settings of OpenClaw's something that a sandboxed agent does would not be done in its sandbox. */
export function wayOutFindings(config: WaysOutConfig, sandboxedAgents: readonly string[]): Finding[] {
  const agents = (leads: (agentId: string) => boolean): string => sandboxedAgents.filter(leads).join(", ");
  const elevated = agents((agentId) => mayElevate(config.tools as Tools, toolsOf(config, agentId) as Tools));
  const outside = agents((agentId) => isOutside(hostOf(config, agentId)));
  const findings: Finding[] = [];
  if (elevated !== "") findings.push({ id: "host.elevated", severity: commandSeverity(config), detail: `tools.elevated lets senders have commands of ${elevated} run on the host. ${commandsAre(config)}`, remedy: "Set tools.elevated.enabled to false, or remove tools.elevated.allowFrom." });
  if (outside !== "") findings.push({ id: "host.exec-outside", severity: commandSeverity(config), detail: `tools.exec.host puts commands of ${outside} outside of the sandbox. ${commandsAre(config)}`, remedy: 'Remove tools.exec.host (also of the agent), or set it to "auto" or "sandbox".' });
  for (const agentId of sandboxedAgents) {
    const offered = Object.entries(OUTSIDE).filter(([name, groups]) => isOffered(toolLists(config, agentId), [name, ...groups])).map(([name]) => name);
    if (offered.length > 0) findings.push({ id: "host.tool-outside", severity: "warn", detail: `Sandboxed sessions of ${agentId} have tools that work outside of the sandbox: ${offered.join(", ")}.`, remedy: "Take them out of tools.sandbox.tools (allow, alsoAllow), also of the agent." });
  }
  const byHttp = allowedByHttp(config).filter((name) => NOT_BY_HTTP.includes(name));
  if (byHttp.length > 0) findings.push({ id: "host.tools-invoke", severity: "warn", detail: `Whoever has the gateway's token can call ${byHttp.join(", ")} by /tools/invoke, with no agent and no sandbox between.`, remedy: "Take them out of gateway.tools.allow." });
  return findings;
}

/** How much a way out weighs by which commands leave the sandbox. */
export function commandSeverity(config: Pick<WaysOutConfig, "plugins">): Finding["severity"] {
  return refusesCommands(config) ? "warn" : "critical";
}

/** What becomes of them. */
export function commandsAre(config: Pick<WaysOutConfig, "plugins">): string {
  return refusesCommands(config) ? "Such commands are refused." : "Such commands run there (attestation.mode: audit).";
}

function refusesCommands({ plugins }: Pick<WaysOutConfig, "plugins">): boolean {
  const { entries } = (plugins ?? {}) as { entries?: { fortress?: { config?: { attestation?: { mode?: unknown } } } } };
  return entries?.fortress?.config?.attestation?.mode !== "audit";
}

export function isOutside(host: unknown): boolean {
  return host === "gateway" || host === "node";
}

function hostOf(config: WaysOutConfig, agentId: string): unknown {
  return (toolsOf(config, agentId) as Tools).exec?.host ?? (config.tools as Tools | undefined)?.exec?.host;
}

/** By OpenClaw's rule: on unless switched off, for the senders who are listed; what an agent says can only narrow it. */
function mayElevate(common: Tools | undefined, own: Tools): boolean {
  const sections = [common?.elevated, own.elevated];
  const hasSenders = (allowFrom: object): boolean => Object.values(allowFrom).some((senders) => Array.isArray(senders) && senders.length > 0);
  return sections.every((section) => section?.enabled !== false) && hasSenders(common?.elevated?.allowFrom ?? {}) && hasSenders(own.elevated?.allowFrom ?? common?.elevated?.allowFrom ?? {});
}

/** These are denied by default, so only a list that names them, or lists that leave nothing out, offer them. */
function isOffered({ allow, alsoAllow, deny }: ToolLists, names: readonly string[]): boolean {
  return !matchesAny(deny, names) && (matchesAny(allow, names) || matchesAny(alsoAllow, names) || (allow?.length === 0 && deny !== undefined));
}

function allowedByHttp({ gateway }: WaysOutConfig): string[] {
  const { tools } = (gateway ?? {}) as { tools?: { allow?: unknown } };
  return Array.isArray(tools?.allow) ? tools.allow.filter((name) => typeof name === "string") : [];
}
