import type { EngineId } from "../model/sandbox.ts";

/** HOME of a sandbox: in memory, so that nothing planted there outlives the container. */
export const HOME = "/home/agent";

/**
 * What every sandbox has in memory. Programs are not started from the usual staging places; HOME is
 * where tools install programs and where compilers keep what they run (TMPDIR), so it can't be noexec.
 */
const OWN = [
  { target: "/tmp", exec: false },
  { target: "/var/tmp", exec: false },
  { target: HOME, exec: true },
] as const;

/** Podman mounts it itself, for its init: writable by root only, so its size does not matter. */
const RUN = "/run";
const RUN_SIZE = 64 * 2 ** 20;

/**
 * The file systems in memory, each with a size. Of the operator's own entries every option stays;
 * what is missing is added.
 *
 * @param asked entries of `sandbox.docker.tmpfs`
 * @param size bytes
 */
export function planTmpfs(engine: EngineId, asked: readonly string[], size: number): string[] {
  const wanted = new Map<string, string>();
  for (const { target, exec } of OWN) wanted.set(target, entry(target, [], size, exec));
  for (const each of asked) {
    const [target = "", options = ""] = split(each);
    if (target === RUN && engine === "podman") continue;
    const own = OWN.find((one) => one.target === target);
    wanted.set(target, entry(target, options.split(",").filter(Boolean), target === RUN ? RUN_SIZE : size, own?.exec ?? false));
  }
  return [...wanted.values()];
}

/** Bytes by target; without those whose size is not in the engines' notation, such as a percentage. */
export function tmpfsSizes(entries: readonly string[]): Map<string, number> {
  return new Map(
    entries.flatMap((each) => {
      const [target, options] = split(each);
      const [, digits, unit = ""] = /(?:^|,)size=(\d+)([kmg]?)(?:,|$)/i.exec(options) ?? [];
      return digits === undefined ? [] : [[target, Number(digits) * 1024 ** " kmg".indexOf(unit.toLowerCase() || " ")] as const];
    }),
  );
}

function split(spec: string): [string, string] {
  const colon = spec.indexOf(":");
  const target = colon === -1 ? spec : spec.slice(0, colon);
  return [target.replace(/(.)\/+$/, "$1"), colon === -1 ? "" : spec.slice(colon + 1)];
}

function entry(target: string, asked: readonly string[], size: number, exec: boolean): string {
  const options = [...asked];
  const names = new Set(asked.map((option) => option.split("=", 1)[0]!));
  const add = (option: string, ...unless: readonly string[]): void => {
    if (!unless.some((name) => names.has(name))) options.push(option);
  };
  add("rw", "rw", "ro");
  // Docker adds noexec where nothing is said.
  add(exec ? "exec" : "noexec", "exec", "noexec");
  add("nosuid", "suid", "nosuid");
  add("nodev", "dev", "nodev");
  add(`size=${size}`, "size");
  return `${target}:${options.join(",")}`;
}
