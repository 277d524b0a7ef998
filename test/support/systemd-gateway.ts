import { expect, vi } from "vitest";
import { EXIT_REFUSED, passingRefusal } from "../../src/health/refusal.ts";
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

/** Until the gateway serves. @param meanwhile after each look in vain */
export async function live(machine: SystemdMachine, meanwhile?: () => Promise<void>): Promise<void> {
  const ask = `fetch("http://127.0.0.1:${PORT}/readyz").then(r => r.json()).then(b => process.exit(b.ready === true ? 0 : 1), () => process.exit(1))`;
  await vi.waitFor(async () => {
    const { exitCode } = await machine.attempt("node", "-e", ask);
    if (exitCode !== 0) await meanwhile?.();
    expect(exitCode).toBe(0);
  }, PATIENCE);
}

/** The same after its first start, which systemd does not try again where a loaded machine let OpenClaw's own lease expire. */
export function liveAtFirst(machine: SystemdMachine): Promise<void> {
  return live(machine, async () => {
    const failed = (await machine.unit(GATEWAY, "ActiveState")) === "failed" && (await machine.unit(GATEWAY, "ExecMainStatus")) === String(EXIT_REFUSED);
    if (failed && passingRefusal(await machine.journal(GATEWAY, 0)) !== undefined) await machine.systemctl("start", GATEWAY);
  });
}

/** A drop-in such as an operator would write. */
export async function schedule(machine: SystemdMachine, name: string, when: string): Promise<void> {
  await machine.write(`${machine.home}/.config/systemd/user/${name}.timer.d/quick.conf`, `[Timer]\n${when}\nAccuracySec=100ms\n`);
  await machine.systemctl("daemon-reload");
  await machine.systemctl("restart", `${name}.timer`);
}

/** How the last run of a timer's service that came to its end did so: its result and its exit code. */
export async function lastRun(machine: SystemdMachine, name: string): Promise<string[]> {
  await expect.poll(() => machine.unit(`${name}.service`, "ActiveState"), PATIENCE).toMatch(/^(inactive|failed)$/);
  return [await machine.unit(`${name}.service`, "Result"), await machine.unit(`${name}.service`, "ExecMainStatus")];
}

/** Instead of every few minutes; more than five starts within ten seconds are refused by systemd. */
export const EVERY_FEW_SECONDS = "OnActiveSec=\nOnUnitInactiveSec=\nOnActiveSec=1s\nOnUnitInactiveSec=3s";
