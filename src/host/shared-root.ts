import type { Finding } from "../model/finding.ts";

interface Sandbox {
  readonly mode?: string;
  readonly scope?: string;
  readonly workspaceAccess?: string;
  readonly workspaceRoot?: string;
}

interface Agents {
  readonly defaults?: { readonly sandbox?: Sandbox };
  readonly entries?: Readonly<Record<string, { readonly sandbox?: Sandbox }>>;
}

/**
 * OpenClaw lets sandboxes of scope "shared" work in the very directory below which those of other
 * scopes have their private workspaces. One that is made first sees what is made after it.
 */
export function sharedRootFindings({ agents = {} }: { readonly agents?: unknown }): Finding[] {
  const { defaults = {}, entries = {} } = agents as Agents;
  const sandboxes = Object.entries(entries).map(([agentId, { sandbox }]) => ({ agentId, mode: "off", scope: "agent", workspaceAccess: "none", workspaceRoot: "~/.openclaw/sandboxes", ...defaults.sandbox, ...sandbox }));
  const own = sandboxes.filter(({ mode, workspaceAccess }) => mode !== "off" && workspaceAccess !== "rw");
  return own
    .filter(({ scope }) => scope === "shared")
    .flatMap(({ agentId, workspaceRoot }) => {
      const others = own.filter((other) => other.scope !== "shared" && other.workspaceRoot === workspaceRoot).map((other) => other.agentId);
      if (others.length === 0) return [];
      return [
        {
          id: "host.shared-root",
          severity: "critical" as const,
          detail: `The shared sandbox of agent ${agentId} works in ${workspaceRoot}, in which the sandboxes of ${others.join(", ")} have their private workspaces.`,
          remedy: `Set agents.entries.${agentId}.sandbox.workspaceRoot to a directory of its own, for example ~/.openclaw/workspace-shared.`,
        },
      ];
    });
}
