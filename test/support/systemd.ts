import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { execa } from "execa";
import { expect, vi } from "vitest";
import type { Engine } from "./engine.ts";
import { ensureSandboxImage, SYSTEMD } from "./image.ts";
import type { Log } from "./progress.ts";
import { runtimeFor } from "./runtime.ts";

const USER = "op";
const HOME = `/home/${USER}`;
const MODULES = "/opt/node_modules";
const START_MS = 300_000;

/** A machine with systemd, a person who may run services, and OpenClaw installed. */
export interface SystemdMachine extends AsyncDisposable {
  readonly home: string;
  readonly stateDir: string;
  /** Runs a command as the person, in a session of theirs; throws when it fails. */
  run(...argv: readonly string[]): Promise<string>;
  /** The same, whatever the exit code. */
  attempt(...argv: readonly string[]): Promise<{ readonly exitCode: number | undefined; readonly stdout: string; readonly stderr: string }>;
  openclaw(...args: readonly string[]): Promise<string>;
  /** The standalone program of the plugin. */
  fortress(...args: readonly string[]): Promise<string>;
  write(path: string, text: string): Promise<void>;
  systemctl(...args: readonly string[]): Promise<string>;
  /** One property of a unit of the person's manager. */
  unit(name: string, property: string): Promise<string>;
  /** What the runs of a unit said since then. @param since seconds since the epoch */
  journal(unit: string, since: number): Promise<string>;
}

export async function startSystemd(engine: Engine, pluginDir: string, { log }: { log: Log }): Promise<SystemdMachine> {
  const image = await ensureSandboxImage(engine, { log, kind: SYSTEMD });
  const { node } = await runtimeFor(undefined);
  const modules = dirname(dirname(dirname(node)));
  const inside = join(MODULES, node.slice(modules.length));
  const name = `fort-systemd-${randomBytes(4).toString("hex")}`;
  // An overlay: OpenClaw writes into its own package at its first start.
  await engine.podman(["run", "--detach", "--name", name, "--systemd=always", "--privileged", "--network=none", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:ro", "--volume", `${modules}:${MODULES}:O`, image, "/sbin/init"]);
  const podman: (args: readonly string[]) => ReturnType<SystemdMachine["attempt"]> = async (args) => {
    const { exitCode, stdout, stderr } = await execa("podman", args, { env: engine.env, cwd: "/", reject: false, stdin: "ignore" });
    return { exitCode, stdout, stderr };
  };
  const asRoot = (...argv: readonly string[]): Promise<string> => engine.podman(["exec", name, ...argv]);
  const machine: SystemdMachine = {
    home: HOME,
    stateDir: `${HOME}/.openclaw`,
    async run(...argv) {
      const result = await machine.attempt(...argv);
      if (result.exitCode !== 0) throw new Error(`${argv.join(" ")} ended with ${result.exitCode}: ${result.stderr}\n${result.stdout}`);
      return result.stdout;
    },
    attempt: (...argv) => podman(["exec", "--user", USER, "--workdir", HOME, "--env", `HOME=${HOME}`, "--env", "XDG_RUNTIME_DIR=/run/user/1000", "--env", "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1000/bus", "--env", `PATH=${dirname(inside)}:/usr/bin:/bin`, name, ...argv]),
    openclaw: (...args) => machine.run("node", `${MODULES}/openclaw/openclaw.mjs`, ...args),
    fortress: (...args) => machine.run("node", `${HOME}/.openclaw/extensions/${basename(pluginDir)}/bin/fortress.mjs`, ...args),
    write: (path, text) => machine.run("sh", "-c", 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1"', "sh", path, text).then(() => {}),
    systemctl: (...args) => machine.run("systemctl", "--user", ...args),
    unit: (unit, property) => machine.systemctl("show", unit, "--value", `--property=${property}`),
    journal: (unit, since) => machine.run("journalctl", "--user", `--unit=${unit}`, `--since=@${since}`, "--no-pager", "--output=cat"),
    [Symbol.asyncDispose]: () => engine.podman(["rm", "--force", "--time", "0", "--volumes", name]).then(() => {}),
  };
  try {
    await booted(() => podman(["exec", name, "systemctl", "is-system-running"]));
    await asRoot("useradd", "--create-home", "--shell", "/bin/sh", USER);
    await asRoot("loginctl", "enable-linger", USER);
    await booted(() => machine.attempt("systemctl", "--user", "is-system-running"));
    await machine.run("mkdir", "--parents", `${HOME}/.openclaw/extensions`);
    await engine.podman(["cp", pluginDir, `${name}:${HOME}/.openclaw/extensions/`]);
    await asRoot("chown", "--recursive", `${USER}:${USER}`, `${HOME}/.openclaw`);
    await asRoot(inside, `${MODULES}/openclaw/openclaw.mjs`, "--version");
  } catch (error) {
    await machine[Symbol.asyncDispose]();
    throw error;
  }
  return machine;
}

/** Until a manager has started everything; that some unit of a container's systemd fails is usual. */
function booted(ask: () => ReturnType<SystemdMachine["attempt"]>): Promise<void> {
  return vi.waitFor(async () => expect((await ask()).stdout).toMatch(/running|degraded/), { timeout: START_MS, interval: 500 });
}
