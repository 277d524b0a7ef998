import { posix } from "node:path";
import { textOf } from "../model/errors.ts";
import type { Container, EngineId } from "../model/sandbox.ts";
import { STATE_ENTRIES } from "../mounts/table.ts";
import type { Edges } from "./core.ts";
import { type HostFacts, touches } from "./status.ts";

export interface ScanRoot {
  readonly path: string;
  /** How the report names it. */
  readonly label: string;
  readonly oneFileSystem: boolean;
}

export interface LiveSandbox {
  readonly engine: EngineId;
  readonly container: Container;
}

/** The sandboxes of this gateway; an engine that does not answer is one sentence in `unseen`. */
export async function liveSandboxes(edges: Edges, host: HostFacts, unseen: string[]): Promise<LiveSandbox[]> {
  const own = [edges.stateDir, ...host.workspaces].map((path) => edges.layout.inspect(path).real);
  const found: LiveSandbox[] = [];
  for (const engine of host.engines) {
    try {
      for (const container of await edges.engine(engine).sandboxes()) if (touches(container, own)) found.push({ engine, container });
    } catch (error) {
      unseen.push(textOf(error));
    }
  }
  return found;
}

/** Everything that a sandbox can read, now or once it is created, and the logs. Paths on the host. */
export function scanRoots(edges: Edges, host: HostFacts, live: readonly LiveSandbox[], unseen: string[]): ScanRoot[] {
  const bound = live.flatMap(({ container }) => container.binds.map(({ source }) => source));
  // An engine's own log in a folder that is closed to the gateway is closed to whoever reads logs as its user.
  const engineLogs = live.flatMap(({ container: { log } }) => (log?.path === undefined ? [] : [log.path]));
  const paths = [...bound, ...host.workspaces, ...stateEntries(edges), posix.join(edges.stateDir, "logs"), ...(host.logs ?? []), ...engineLogs];
  const present = paths.map((path) => edges.layout.inspect(path)).filter(({ kind }) => kind !== "missing");
  const onHost = [...new Set(present.map(({ real }) => real))].sort();
  return [...onHost.map((path) => ({ path, label: path, oneFileSystem: false })), ...live.flatMap(({ container }) => insideOf(edges, container, unseen))];
}

/** What the mount table may give to some agent, patterns by the folder that holds them; at the top, where that holds everything, by name. */
function stateEntries(edges: Edges): string[] {
  const agents = edges.secrets.agents() ?? [];
  const atTop = edges.layout.list(edges.stateDir);
  return STATE_ENTRIES.filter(({ access }) => access !== "never").flatMap(({ path }) => {
    if (/^[^/]+\*$/.test(path)) return atTop.filter((name) => name.startsWith(path.slice(0, -1))).map((name) => posix.join(edges.stateDir, name));
    const each = path.includes("<agent>") ? agents.map((agent) => path.replace("<agent>", agent)) : [path.replace(/\/?[^/]*\*.*$/, "")];
    return each.filter((relative) => relative !== "").map((relative) => posix.join(edges.stateDir, relative));
  });
}

/** The container's own file system with its image, and what it keeps in memory. */
function insideOf(edges: Edges, container: Container, unseen: string[]): ScanRoot[] {
  if (!container.running || !edges.isVisible(container)) {
    unseen.push(`The file system of ${container.name} can't be searched: it is stopped, or not on this host.`);
    return [];
  }
  const inside = `/proc/${container.pid}/root`;
  const memory = (edges.readMounts(container.pid) ?? []).filter(({ fsType, target }) => fsType === "tmpfs" && !/^\/(proc|sys)(\/|$)/.test(target));
  return ["/", ...memory.map(({ target }) => target)].map((target) => ({ path: `${inside}${target}`, label: `${container.name}:${target}`, oneFileSystem: true }));
}
