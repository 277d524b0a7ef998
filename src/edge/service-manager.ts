import type { RunProcess } from "./process.ts";

/** systemd's manager of the user. */
export interface ServiceManager {
  /** The properties that systemd prints; undefined where there is no manager to ask. */
  show(unit: string, properties: readonly string[]): Promise<string | undefined>;
  /** Names of the units of these patterns that run or start at the moment; undefined as above. */
  running(patterns: readonly string[]): Promise<readonly string[] | undefined>;
  /** Lets the manager stop and start the unit; does not wait for it. False when it refuses. */
  restart(unit: string): Promise<boolean>;
  /** Ends the unit's main process, whatever it is doing. False when the manager can't. */
  kill(unit: string): Promise<boolean>;
  /** The last lines of the unit's log. */
  journal(unit: string, lines: number): Promise<string>;
  /** The last lines that the processes of one run of a unit wrote; empty where its log can't be read. */
  lastWords(invocation: string, lines: number): Promise<string>;
  /** Runs `systemctl --user` with the given arguments. */
  control(args: readonly string[]): ReturnType<RunProcess>;
}

const DEADLINE_MS = 10_000;

export function createServiceManager(run: RunProcess): ServiceManager {
  const control: ServiceManager["control"] = (args) => run("systemctl", ["--user", "--no-pager", ...args], { deadlineMs: DEADLINE_MS });
  const ask = async (args: readonly string[]): Promise<string | undefined> => {
    const { code, stdout } = await control(args);
    return code === 0 ? stdout : undefined;
  };
  return {
    control,
    show: (unit, properties) => ask(["show", unit, `--property=${properties.join(",")}`]),
    async running(patterns) {
      const lines = await ask(["list-units", "--plain", "--no-legend", "--full", "--state=active,activating", ...patterns]);
      return lines?.split("\n").flatMap((line) => line.trim().split(/\s+/)[0] || []);
    },
    async restart(unit) {
      // After too many failures of its own systemd starts nothing until this was said.
      await control(["reset-failed", unit]);
      return (await control(["restart", "--no-block", unit])).code === 0;
    },
    async kill(unit) {
      const whom = async (option: string): Promise<boolean> => (await control(["kill", "--signal=SIGKILL", `${option}=main`, unit])).code === 0;
      // Before version 252, as in Ubuntu 22.04, only the shorter word is known.
      return (await whom("--kill-whom")) || (await whom("--kill-who"));
    },
    async journal(unit, lines) {
      const { stdout, stderr, code } = await run("journalctl", ["--user", `--unit=${unit}`, `--lines=${lines}`, "--no-pager", "--output=short-iso"], { deadlineMs: DEADLINE_MS });
      return code === 0 ? stdout : `journalctl failed: ${stderr.slice(0, 200)}`;
    },
    async lastWords(invocation, lines) {
      const { stdout, code } = await run("journalctl", ["--user", `_SYSTEMD_INVOCATION_ID=${invocation}`, `--lines=${lines}`, "--no-pager", "--output=cat"], { deadlineMs: DEADLINE_MS });
      return code === 0 ? stdout : "";
    },
  };
}
