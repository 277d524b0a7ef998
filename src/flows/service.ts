import { posix } from "node:path";
import type { PrivateFiles } from "../edge/private-files.ts";
import type { ServiceManager } from "../edge/service-manager.ts";
import { FortressError } from "../model/errors.ts";
import { JOBS, type Surroundings, type UnitFile } from "../units/jobs.ts";
import { launchAgent } from "../units/launchd.ts";
import { type Ownership, ownershipOf } from "../units/mark.ts";
import { systemdUnits } from "../units/systemd.ts";
import { scheduledTask } from "../units/task-scheduler.ts";

export type UnitFormat = "systemd" | "launchd" | "task-scheduler";

export interface ServiceEdges {
  readonly surroundings: Surroundings;
  /** Undefined where systemd does not manage this user's services. */
  readonly manager: ServiceManager | undefined;
  /** Where the user's units are. */
  readonly unitFolder: string;
  /** The text of a file; undefined where there is none. Throws what is neither. */
  readonly read: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
  readonly files: PrivateFiles;
  /** Whether the user's services run while nobody is logged in; undefined when that is not known. */
  readonly lingers: () => Promise<boolean | undefined>;
  readonly userName: string;
}

export interface ServiceChange {
  readonly path: string;
  readonly change: "write" | "replace" | "keep" | "remove";
}

export interface ServiceReport {
  readonly applied: boolean;
  readonly changes: readonly ServiceChange[];
  /** Commands that are or would be run. */
  readonly commands: readonly string[];
  readonly notes: readonly string[];
}

export interface ServiceStatus {
  readonly installed: boolean;
  readonly files: readonly { readonly path: string; readonly state: "current" | "outdated" | "edited" | "foreign" | "missing" }[];
  readonly timers: readonly { readonly name: string; readonly active: boolean; readonly lastResult: string }[];
  readonly notes: readonly string[];
}

export interface ServiceFlow {
  /** The files of every job in one format. */
  print(format: UnitFormat): UnitFile[];
  /** @throws FortressError `service-refused`; then nothing was written */
  install(options: { readonly apply: boolean }): Promise<ServiceReport>;
  /** Removes what `install` wrote, as long as nobody changed it. */
  uninstall(options: { readonly apply: boolean }): Promise<ServiceReport>;
  status(): Promise<ServiceStatus>;
}

export function createServiceFlow(edges: ServiceEdges): ServiceFlow {
  const { surroundings, unitFolder, read } = edges;
  const units = (): UnitFile[] => JOBS.flatMap((job) => systemdUnits(job, surroundings));
  const starters = (names: readonly string[]): string[] => names.filter((name) => /\.(timer|path)$/.test(name));
  const at = (name: string): string => posix.join(unitFolder, name);

  const manager = (): ServiceManager => {
    if (edges.manager) return edges.manager;
    throw new FortressError("service-refused", "systemd does not manage this user's services here.", "On macOS and Windows: openclaw fortress service print --for launchd (or task-scheduler), and load what it prints. On Linux: log in as the gateway's user with a session of its own, or set XDG_RUNTIME_DIR.");
  };

  const owned = (path: string): { text: string; ownership: Ownership } | undefined => {
    const text = read(path);
    return text === undefined ? undefined : { text, ownership: ownershipOf(text) };
  };

  const lingering = async (): Promise<string[]> => {
    const lingers = await edges.lingers();
    if (lingers === true) return [];
    return [`${lingers === false ? "Timers stop" : "It can't be seen whether timers stop"} when ${edges.userName} logs out. Run: loginctl enable-linger ${edges.userName}`];
  };

  const run = async (commands: readonly (readonly string[])[]): Promise<void> => {
    for (const args of commands) {
      const { code, stderr } = await manager().control(args);
      if (code !== 0) throw new FortressError("service-refused", `systemctl --user ${args.join(" ")} failed: ${stderr.trim().slice(0, 300)}`, "The files are in place. Mend what systemd says, and run it again.");
    }
  };
  const shown = (commands: readonly (readonly string[])[]): string[] => commands.map((args) => `systemctl --user ${args.join(" ")}`);

  return {
    print: (format) => (format === "systemd" ? units() : JOBS.map((job) => (format === "launchd" ? launchAgent : scheduledTask)(job, surroundings))),

    async install({ apply }) {
      if (apply) manager();
      if (!edges.exists(surroundings.program)) throw new FortressError("service-refused", `${surroundings.program} is not there.`, "Install the built plugin: npm run build, then copy dist/fortress.");
      const changes = units().map(({ name, text }) => {
        const present = owned(at(name));
        if (present && present.ownership !== "ours") throw new FortressError("service-refused", `${at(name)} ${present.ownership === "edited" ? "was changed since fortress wrote it" : "is there already and is not fortress's"}.`, present.ownership === "edited" ? `Move your changes to a drop-in (systemctl --user edit ${name}), and remove the file.` : "Move it away.");
        return { path: at(name), text, change: present === undefined ? ("write" as const) : present.text === text ? ("keep" as const) : ("replace" as const) };
      });
      const commands = [["daemon-reload"], ["enable", "--now", ...starters(units().map(({ name }) => name))]];
      const report: ServiceReport = { applied: apply, changes: changes.map(({ path, change }) => ({ path, change })), commands: shown(commands), notes: await lingering() };
      if (!apply) return report;
      edges.files.directory(posix.join(surroundings.stateDir, "fortress"), 0o700);
      if (!edges.exists(unitFolder)) edges.files.directory(unitFolder, 0o755);
      for (const { path, text, change } of changes) if (change !== "keep") edges.files.replace(path, text, { exclusive: change === "write" });
      await run(commands);
      return report;
    },

    async uninstall({ apply }) {
      const notes: string[] = [];
      const present = units().flatMap(({ name }) => {
        const found = owned(at(name));
        if (!found) return [];
        if (found.ownership === "ours") return [name];
        notes.push(`${at(name)} stays: ${found.ownership === "edited" ? "it was changed since fortress wrote it" : "fortress did not write it"}.`);
        return [];
      });
      const timers = starters(present);
      const before = timers.length === 0 ? [] : [["disable", "--now", ...timers]];
      const after = present.length === 0 ? [] : [["daemon-reload"]];
      if (apply) {
        await run(before);
        for (const name of present) edges.files.remove(at(name));
        await run(after);
      }
      return { applied: apply, changes: present.map((name) => ({ path: at(name), change: "remove" as const })), commands: shown([...before, ...after]), notes };
    },

    async status() {
      const files = units().map(({ name, text }) => {
        const found = owned(at(name));
        return { path: at(name), state: found === undefined ? ("missing" as const) : found.ownership !== "ours" ? found.ownership : found.text === text ? ("current" as const) : ("outdated" as const) };
      });
      const timers = await Promise.all(
        starters(units().map(({ name }) => name)).map(async (name) => {
          const [timer, service] = await Promise.all([edges.manager?.show(name, ["ActiveState"]), edges.manager?.show(name.replace(/\.\w+$/, ".service"), ["Result", "ExecMainStatus", "ExecMainExitTimestamp"])]);
          return { name, active: timer?.trim() === "ActiveState=active", lastResult: service?.trim().split("\n").map((line) => line.slice(line.indexOf("=") + 1)).join(", ") ?? "unknown" };
        }),
      );
      const installed = files.every(({ state }) => state !== "missing" && state !== "foreign") && timers.every(({ active }) => active);
      return { installed, files, timers, notes: files.some(({ state }) => state !== "missing") ? await lingering() : [] };
    },
  };
}
