import type { HostFacts } from "../flows/status.ts";
import type { NativeLimits } from "../limits/plan.ts";
import type { Finding } from "../model/finding.ts";
import type { EngineId } from "../model/sandbox.ts";
import { networkOf } from "../posture/switches.ts";
import { agentSettings } from "./agent-settings.ts";
import { sharedRootFindings } from "./shared-root.ts";
import { toolFindings } from "./tool-policy.ts";
import { wayOutFindings } from "./ways-out.ts";

interface AgentSandbox {
  readonly agentId: string;
  readonly mode: "off" | "non-main" | "all";
  readonly backend: string;
  readonly workspace: string | undefined;
}

/** The part of OpenClaw's configuration that is read here. */
interface HostConfig {
  readonly agents?: unknown;
  readonly gateway?: unknown;
  readonly tools?: unknown;
  readonly logging?: unknown;
  readonly plugins?: unknown;
  readonly session?: unknown;
}

interface SandboxSection {
  readonly mode?: AgentSandbox["mode"];
  readonly backend?: string;
  readonly scope?: string;
  readonly docker?: NativeLimits & { readonly image?: string; readonly binds?: unknown; readonly network?: string };
  readonly browser?: { readonly enabled?: boolean; readonly image?: string };
  readonly workspaceRoot?: unknown;
}

interface AgentSection {
  readonly id?: string;
  readonly workspace?: string;
  readonly agentDir?: string;
  readonly sandbox?: SandboxSection;
}

/** How each configured agent is sandboxed, by OpenClaw's own defaults. */
export function sandboxModes(config: HostConfig): AgentSandbox[] {
  const agents = (config.agents ?? {}) as { defaults?: AgentSection; entries?: Record<string, AgentSection>; list?: AgentSection[] };
  const named: [string, AgentSection][] = [
    ...Object.entries(agents.entries ?? {}),
    ...(agents.list ?? []).map((agent): [string, AgentSection] => [agent.id ?? "main", agent]),
  ];
  return (named.length > 0 ? named : [["main", {}] as [string, AgentSection]]).map(([agentId, agent]) => ({
    agentId,
    mode: agent.sandbox?.mode ?? agents.defaults?.sandbox?.mode ?? "off",
    backend: agent.sandbox?.backend ?? agents.defaults?.sandbox?.backend ?? "docker",
    workspace: agent.workspace ?? agents.defaults?.workspace,
  }));
}

/** What the status needs to know of OpenClaw's configuration. */
export function hostFacts(config: HostConfig, home: string, chooseEngine: () => EngineId): HostFacts {
  const agents = sandboxModes(config);
  const sandboxed = agents.filter(({ mode }) => mode !== "off");
  const made = sandboxed.flatMap(({ agentId, backend }) => {
    const engine = backend === "fortress" ? chooseEngine() : backend;
    return engine === "podman" || engine === "docker" ? [{ agentId, engine } as const] : [];
  });
  return {
    engines: [...new Set(made.map(({ engine }) => engine))],
    workspaces: agents.flatMap(({ workspace }) => (workspace === undefined ? [] : [workspace.replace(/^~(?=\/|$)/, home)])),
    findings: [...agents.flatMap(findingsOf), ...sharedRootFindings(config), ...toolFindings(config, sandboxed.map(({ agentId }) => agentId)), ...wayOutFindings(config, sandboxed.map(({ agentId }) => agentId))],
    agents: new Map(agents.map(({ agentId }) => [agentId, agentSettings(config, agentId)])),
    ...logging(config),
    images: sandboxImages(config),
    neededImages: neededImages(config, made),
    ...agentPlaces(config, home),
    ...portOf(config),
    nativeLimits: (agentId) => nativeLimits(dockerOf(config, agentId)),
    network: (agentId) => networkOf(dockerOf(config, agentId)),
  };
}

/** By OpenClaw's own order: its environment counts more than its file. */
function portOf({ gateway }: HostConfig, env: NodeJS.ProcessEnv = process.env): Pick<HostFacts, "port"> {
  const { port } = (gateway ?? {}) as { port?: unknown };
  const found = Number(env.OPENCLAW_GATEWAY_PORT ?? port);
  return Number.isInteger(found) && found > 0 ? { port: found } : {};
}

/** What `sandbox` sets for all agents, and for one. Ids are compared as OpenClaw writes them into session keys. */
function sandboxSections({ agents }: HostConfig, agentId: string | undefined): { readonly common: SandboxSection; readonly own: SandboxSection } {
  const { defaults, entries = {}, list = [] } = (agents ?? {}) as { defaults?: AgentSection; entries?: Record<string, AgentSection>; list?: AgentSection[] };
  const own = Object.entries(entries).find(([id]) => id.toLowerCase() === agentId)?.[1] ?? list.find(({ id = "main" }) => id.toLowerCase() === agentId);
  return { common: defaults?.sandbox ?? {}, own: own?.sandbox ?? {} };
}

function dockerOf(config: HostConfig, agentId: string | undefined): NonNullable<SandboxSection["docker"]> {
  const { common, own } = sandboxSections(config, agentId);
  return { ...common.docker, ...own.docker };
}

function nativeLimits({ memory, cpus, pidsLimit }: NativeLimits): NativeLimits {
  return { memory, cpus, pidsLimit };
}

/** Where agents have what is theirs, and what the operator binds into their sandboxes. */
function agentPlaces({ agents }: HostConfig, home: string): Pick<HostFacts, "agentDirs" | "sandboxRoots" | "binds"> {
  const { defaults = {}, entries = {}, list = [] } = (agents ?? {}) as { defaults?: AgentSection; entries?: Record<string, AgentSection>; list?: AgentSection[] };
  const sections = [defaults, ...Object.values(entries), ...list];
  const binds = sections.flatMap(({ sandbox }) => (Array.isArray(sandbox?.docker?.binds) ? (sandbox.docker.binds as unknown[]) : []));
  const places = (paths: readonly unknown[]): string[] => paths.flatMap((path) => (typeof path === "string" ? [path.replace(/^~(?=\/|$)/, home)] : []));
  return {
    agentDirs: places(sections.map(({ agentDir }) => agentDir)),
    sandboxRoots: places(sections.map(({ sandbox }) => sandbox?.workspaceRoot)),
    binds: binds.flatMap((bind) => {
      const [path = "", , options = ""] = typeof bind === "string" ? bind.split(":") : [];
      return path.startsWith("/") ? [{ path, writable: !options.split(",").includes("ro") }] : [];
    }),
  };
}

/** OpenClaw's default folder, and the file that the operator chose. */
function logging({ logging }: HostConfig): Pick<HostFacts, "logs" | "maxLogBytes"> {
  const { file, maxFileBytes } = (logging ?? {}) as { file?: unknown; maxFileBytes?: unknown };
  return { logs: ["/tmp/openclaw", ...(typeof file === "string" && file.startsWith("/") ? [file] : [])], ...(typeof maxFileBytes === "number" && maxFileBytes > 0 ? { maxLogBytes: maxFileBytes } : {}) };
}

/** Source: OpenClaw's `agents/sandbox/constants`. */
const DEFAULT_IMAGES = { docker: "openclaw-sandbox:bookworm-slim", browser: "openclaw-sandbox-browser:bookworm-slim" } as const;

/** Every image that some agent's sandbox, or its browser, is to be made from; OpenClaw's own where none is named. */
function sandboxImages(config: HostConfig): string[] {
  const { defaults, entries = {}, list = [] } = (config.agents ?? {}) as { defaults?: AgentSection; entries?: Record<string, AgentSection>; list?: AgentSection[] };
  const named = (["docker", "browser"] as const).flatMap((kind) => [defaults?.sandbox?.[kind]?.image ?? DEFAULT_IMAGES[kind], ...[...Object.values(entries), ...list].map((agent) => agent.sandbox?.[kind]?.image)]);
  return [...new Set(named.filter((image) => typeof image === "string"))];
}

/** Those that OpenClaw needs for the agents that are sandboxed, once for each engine; a browser's only where there is one. */
function neededImages(config: HostConfig, made: readonly { readonly agentId: string; readonly engine: EngineId }[]): NonNullable<HostFacts["neededImages"]> {
  const needed = made.flatMap(({ agentId, engine }) => {
    const { common, own } = sandboxSections(config, agentId.toLowerCase());
    // A shared sandbox is made from what is said for all.
    const said = (own.scope ?? common.scope) === "shared" ? {} : own;
    const [docker, browser] = [{ ...common.docker, ...said.docker }, { ...common.browser, ...said.browser }];
    return [docker.image ?? DEFAULT_IMAGES.docker, ...(browser.enabled === true ? [browser.image ?? DEFAULT_IMAGES.browser] : [])].map((name) => ({ engine, name }));
  });
  return [...new Map(needed.filter(({ name }) => typeof name === "string").map((each) => [`${each.engine} ${each.name}`, each])).values()];
}

function findingsOf({ agentId, mode, backend }: AgentSandbox): Finding[] {
  const key = `agents.defaults.sandbox (or agents.entries.${agentId}.sandbox)`;
  if (mode === "off") {
    return [{ id: "host.sandbox-off", severity: "critical", detail: `Agent ${agentId} is not sandboxed: its commands run on the host.`, remedy: `Set mode to "all" in ${key}.` }];
  }
  const findings: Finding[] = [];
  if (mode === "non-main") {
    findings.push({ id: "host.sandbox-non-main", severity: "warn", detail: `The main session of agent ${agentId} is not sandboxed: its commands run on the host.`, remedy: `Set mode to "all" in ${key}.` });
  }
  if (!["podman", "docker", "fortress"].includes(backend)) {
    findings.push({ id: "host.backend-foreign", severity: "critical", detail: `Agent ${agentId} uses the sandbox backend "${backend}", which fortress does not harden.`, remedy: `Set backend to "podman" or "docker" in ${key}.` });
  }
  return findings;
}
