import { expect, vi } from "vitest";
import type { SystemdMachine } from "./systemd.ts";

/** The unit that OpenClaw's own command writes. */
export const GATEWAY = "openclaw-gateway.service";
export const PORT = 18_789;
/** On a loaded machine a gateway takes its time, and so does each look at it. */
export const PATIENCE = { timeout: 600_000, interval: 500 };

const QUIET = {
  gateway: { mode: "local", bind: "loopback", port: PORT, auth: { mode: "token", token: "token-of-the-systemd-test" } },
  update: { checkOnStart: false },
  telemetry: { enabled: false },
  discovery: { mdns: { mode: "off" } },
  cron: { enabled: false },
};

/** Only while no gateway runs, or it would load the plugin anew. */
export function configure(machine: SystemdMachine, pluginConfig: object, config: object = {}): Promise<void> {
  return machine.write(`${machine.stateDir}/openclaw.json`, JSON.stringify({ ...QUIET, ...config, plugins: { entries: { fortress: { enabled: true, config: pluginConfig } } } }));
}

/** Until the gateway serves. */
export async function live(machine: SystemdMachine): Promise<void> {
  const ask = `fetch("http://127.0.0.1:${PORT}/readyz").then(r => r.json()).then(b => process.exit(b.ready === true ? 0 : 1), () => process.exit(1))`;
  await vi.waitFor(async () => expect((await machine.attempt("node", "-e", ask)).exitCode).toBe(0), PATIENCE);
}

/** A drop-in such as an operator would write. */
export async function schedule(machine: SystemdMachine, name: string, when: string): Promise<void> {
  await machine.write(`${machine.home}/.config/systemd/user/${name}.timer.d/quick.conf`, `[Timer]\n${when}\nAccuracySec=100ms\n`);
  await machine.systemctl("daemon-reload");
  await machine.systemctl("restart", `${name}.timer`);
}

/** Instead of every few minutes; more than five starts within ten seconds are refused by systemd. */
export const EVERY_FEW_SECONDS = "OnActiveSec=\nOnUnitInactiveSec=\nOnActiveSec=1s\nOnUnitInactiveSec=3s";
