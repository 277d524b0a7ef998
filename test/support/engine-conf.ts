import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A table of containers.conf or storage.conf. */
type Table = Readonly<Record<string, string | number | readonly string[]>>;

/** What Podman asks for each container unless told otherwise. */
const PODMAN_DEFAULT_LIMITS = { nofile: 1_048_576, nproc: 4_194_304 };

/**
 * `podman info` asks dpkg for the package of each helper, half a second each time, and OpenClaw runs
 * it up to twenty times per file tool. Without a package database it takes a tenth of a second.
 */
export const QUICK_INFO = { DPKG_ADMINDIR: "/nonexistent" };

/** As fortress tells the operator to: without it a sandbox fills the disk with its log. */
export const LOG_SIZE = 10 * 2 ** 20;

/**
 * Podman's log of events, in a file. When it rotates, who follows it misses events and gets old ones again:
 * with its default of 1 MB that would be every few minutes.
 */
export const EVENTS = { events_logger: "file", events_logfile_max_size: "32m" };

/** The settings under which containers start on this machine. */
export async function machineSettings(): Promise<{ containers: Table; engine: Table }> {
  const limits = await grantableLimits();
  const containers: Table = { log_size_max: LOG_SIZE, ...(limits.length > 0 ? { default_ulimits: limits } : {}) };
  const unified = await access("/sys/fs/cgroup/cgroup.controllers").then(() => true, () => false);
  if (unified) return { containers, engine: {} };
  // crun refuses hybrid cgroups.
  const engine = { runtime: "runc", cgroup_manager: "cgroupfs", env: ["PODMAN_IGNORE_CGROUPSV1_WARNING=1"] };
  return { containers, engine };
}

/** Without CAP_SYS_RESOURCE a limit cannot be raised, and asking for it stops every container. */
async function grantableLimits(): Promise<string[]> {
  const text = await readFile("/proc/self/limits", "utf8");
  const hard = (row: string) => Number(new RegExp(`^${row}\\s+\\S+\\s+(\\d+)`, "m").exec(text)?.[1] ?? Infinity);
  const granted = { nofile: hard("Max open files"), nproc: hard("Max processes") };
  const low = (["nofile", "nproc"] as const).filter((name) => granted[name] < PODMAN_DEFAULT_LIMITS[name]);
  return low.map((name) => `${name}=${granted[name]}:${granted[name]}`);
}

/** TOML, of which JSON strings and arrays of strings are a part. */
export function toml(tables: Readonly<Record<string, Table>>): string {
  const lines = Object.entries(tables).flatMap(([name, table]) => [
    `[${name}]`,
    ...Object.entries(table).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
  ]);
  return `${lines.join("\n")}\n`;
}

/** An environment in which Podman bounds no log: a limit of containers.conf can't be lifted for one container. */
export async function withoutLogLimit(env: Readonly<Record<string, string>>, folder: string): Promise<Record<string, string>> {
  const settings = join(folder, "unbounded.conf");
  await writeFile(settings, (await readFile(env.CONTAINERS_CONF_OVERRIDE!, "utf8")).replace(/^log_size_max.*\n/m, ""));
  return { ...env, CONTAINERS_CONF_OVERRIDE: settings };
}
