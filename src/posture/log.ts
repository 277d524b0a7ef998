import type { Finding } from "../model/finding.ts";
import type { ReadText } from "../model/ports.ts";
import type { Container, EngineId } from "../model/sandbox.ts";

/** Drivers that write a file on the host until somebody stops them. */
const UNBOUNDED_DRIVERS = new Set(["k8s-file", "json-file"]);

const REMEDIES: Readonly<Record<EngineId, string>> = {
  podman: 'Put two lines, "[containers]" and "log_size_max = 10485760", into ~/.config/containers/containers.conf.d/50-log-size.conf of the gateway\'s user (for root /etc/containers/containers.conf.d/50-log-size.conf), then: openclaw sandbox recreate --all',
  docker: 'Put {"log-driver": "local"} into /etc/docker/daemon.json, restart Docker, then: openclaw sandbox recreate --all',
};

/** A log that grows as long as a process of the sandbox writes to it. */
export function logFinding(engine: EngineId, container: Container, read: ReadText): Finding | undefined {
  const { name, log, staticDir } = container;
  if (!log || !UNBOUNDED_DRIVERS.has(log.driver) || log.limit !== undefined || conmonBounds(container, read)) return undefined;
  // Only Podman has a folder of its own for each container: the command docker may be Podman, too.
  const remedy = REMEDIES[staticDir === undefined ? engine : "podman"];
  return { id: "posture.log-unbounded", severity: "warn", detail: `${name}: its log (${log.driver}) has no size limit, and every process in it can write there.`, remedy };
}

/**
 * True when conmon, which writes Podman's logs, was told a limit. Podman's `inspect` shows only what
 * the container was created with, not the limit of containers.conf.
 */
function conmonBounds({ id, pid }: Container, read: ReadText): boolean {
  const parent = /^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  const words = read(`/proc/${parent}/cmdline`)?.split("\0") ?? [];
  const limit = words.indexOf("--log-size-max");
  return words.includes(id) && limit !== -1 && Number(words[limit + 1]) > 0;
}
