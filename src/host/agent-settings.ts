import type { AgentSettings } from "../flows/agent-settings.ts";

interface Docker {
  readonly workdir?: string;
  readonly binds?: readonly string[];
  readonly dangerouslyAllowExternalBindSources?: boolean;
  readonly dangerouslyAllowReservedContainerTargets?: boolean;
  readonly memory?: string | number;
  readonly cpus?: number;
  readonly pidsLimit?: number;
}

interface Sandbox {
  readonly scope?: string;
  readonly workspaceAccess?: "none" | "ro" | "rw";
  readonly docker?: Docker;
}

/** The part of OpenClaw's configuration that is read here. */
export interface AgentsConfig {
  readonly agents?: unknown;
}

/** What OpenClaw's configuration asks for an agent's sandbox, by OpenClaw's own rules. */
export function agentSettings({ agents }: AgentsConfig, agentId: string): AgentSettings {
  const { defaults = {}, entries = {}, list = [] } = (agents ?? {}) as { defaults?: { sandbox?: Sandbox }; entries?: Record<string, { sandbox?: Sandbox }>; list?: readonly { id?: string; sandbox?: Sandbox }[] };
  const common = defaults.sandbox ?? {};
  const own = entries[agentId]?.sandbox ?? list.find(({ id }) => (id ?? "main") === agentId)?.sandbox ?? {};
  const scope = own.scope ?? common.scope ?? "agent";
  // A shared sandbox is nobody's own.
  const docker: Docker = { ...common.docker, ...(scope === "shared" ? {} : own.docker) };
  return {
    access: own.workspaceAccess ?? common.workspaceAccess ?? "none",
    workdir: docker.workdir ?? "/workspace",
    binds: [...(common.docker?.binds ?? []), ...((scope === "shared" ? undefined : own.docker?.binds) ?? [])],
    externalBindsAllowed: docker.dangerouslyAllowExternalBindSources === true,
    reservedTargetsAllowed: docker.dangerouslyAllowReservedContainerTargets === true,
    nativeLimits: { memory: docker.memory, cpus: docker.cpus, pidsLimit: docker.pidsLimit },
  };
}
