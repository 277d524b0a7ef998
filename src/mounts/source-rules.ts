import type { PathKind } from "../model/ports.ts";
import { hostBlocks } from "./host-blocked.ts";
import { isWithin, overlaps } from "../model/paths.ts";

/** Directories of all users or of the whole system: what is in them is nobody's to share. */
const TOO_BROAD = ["/", "/home", "/Users", "/tmp", "/var/tmp", "/private/tmp", "/var", "/var/lib", "/var/log", "/usr", "/mnt", "/media", "/opt", "/srv"];

/** Where engines keep images, layers and the files of other containers. */
const STORAGE = [
  "/var/lib/containers", "/var/lib/docker", "/var/lib/containerd", "/var/lib/crio", "/var/lib/rancher", "/var/lib/kubelet", "/var/lib/cni", "/var/lib/lxc", "/var/lib/machines", "/var/snap/docker",
];
/** Spools and logs in which other users' and the system's data lie. */
const SYSTEM_DATA = ["/var/log", "/var/spool", "/var/mail", "/var/backups", "/var/cache", "/var/lib/systemd", "/var/lib/sudo", "/var/lib/dbus", "/var/lib/NetworkManager"];

export interface SourceFacts {
  /** The gateway user's HOME, canonical. */
  readonly home: string;
  /** Where the engine says that it keeps images and containers. */
  readonly storage: readonly string[];
}

/**
 * Why a directory of the host outside the state directory must not be seen by a sandbox.
 *
 * @param source canonical
 */
export function judgeSource(source: string, kind: PathKind, { home, storage }: SourceFacts): string[] {
  const unfit = [...judgeKind(source, kind), ...judgeReach(source, storage)];
  if (unfit.length > 0) return unfit.slice(0, 1);
  const system = SYSTEM_DATA.find((path) => overlaps(path, source));
  if (system !== undefined) return [`its source ${source} reaches data of the system (${system})`];
  const hidden = isWithin(home, source) && source !== home ? source.slice(home.length + 1).split("/", 1)[0]! : "";
  if (hidden.startsWith(".")) return [`its source ${source} lies in ${home}/${hidden}, where programs keep settings and keys`];
  const other = /^\/(?:home|Users)\/[^/]+/.exec(source)?.[0];
  if (other !== undefined && !overlaps(home, source)) return [`its source ${source} lies in another user's home directory`];
  const blocked = hostBlocks(source, home);
  if (blocked !== undefined) return [`its source ${source} lies in ${blocked}, which OpenClaw binds for nobody`];
  return [];
}

/** Why what is at a path cannot be bound at all. A link here is one that leads nowhere. */
export function judgeKind(source: string, kind: PathKind): string[] {
  if (kind === "missing" || kind === "symlink") return [`its source ${source} does not exist here, so nobody can tell what it leads to`];
  if (kind === "socket") return [`its source ${source} is a socket: the sandbox could command the process behind it`];
  return kind === "device" ? [`its source ${source} is a device or a pipe`] : [];
}

/** Why a directory is too much for any sandbox, as a workspace too. */
export function judgeReach(source: string, storage: readonly string[]): string[] {
  if (TOO_BROAD.includes(source)) return [`its source ${source} holds what belongs to the whole system`];
  const stored = [...STORAGE, ...storage].find((path) => overlaps(path, source));
  return stored === undefined ? [] : [`its source ${source} reaches the storage of a container engine (${stored})`];
}
