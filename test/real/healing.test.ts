import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { prepareEngine } from "../support/setup.ts";
import { type SystemdMachine, startSystemd } from "../support/systemd.ts";

const GATEWAY = "openclaw-gateway.service";
const HEALTH = "openclaw-fortress-health";
const PORT = 18_789;
/** On a loaded machine a gateway takes its time. */
const PATIENCE = { timeout: 240_000, interval: 1_000 };
/** The timers' own units, only quicker: a drop-in such as an operator would write. */
const QUICK = "[Timer]\nOnActiveSec=\nOnUnitInactiveSec=\nOnActiveSec=1s\nOnUnitInactiveSec=3s\nAccuracySec=100ms\n";
const COUNTERS = "/run/user/1000/openclaw-fortress/home-op-.openclaw/health.json";

let machine: SystemdMachine;
let install = "";

beforeAll(async () => {
  machine = await startSystemd(await prepareEngine({ log: () => {} }), PLUGIN_DIR, { log: () => {} });
  const config = {
    gateway: { mode: "local", bind: "loopback", port: PORT, auth: { mode: "token", token: "token-of-the-healing-test" } },
    update: { checkOnStart: false },
    telemetry: { enabled: false },
    discovery: { mdns: { mode: "off" } },
    cron: { enabled: false },
    plugins: { entries: { fortress: { enabled: true, config: { health: { startMinutes: 1 } } } } },
  };
  await machine.write(`${machine.stateDir}/openclaw.json`, JSON.stringify(config));
  // OpenClaw's own command writes the unit that is healed here.
  await machine.openclaw("gateway", "install");
  install = await machine.fortress("service", "install");
  await live();
}, 400_000);

afterAll(() => machine?.[Symbol.asyncDispose]());

const unit = (property: string): Promise<string> => machine.unit(GATEWAY, property);
const systemctl = (...args: string[]): Promise<string> => machine.run("systemctl", "--user", ...args);
const said = (): Promise<string> => machine.run("journalctl", "--user", `--unit=${HEALTH}.service`, "--no-pager", "--output=cat");
const ledger = async (): Promise<{ action: string; outcome: string; because: string }[]> => (JSON.parse(await machine.fortress("log", "--json")) as { records: { action: string; outcome: string; because: string }[] }).records;

async function live(): Promise<void> {
  await expect.poll(() => machine.attempt("node", "-e", `fetch("http://127.0.0.1:${PORT}/readyz").then(r => r.json()).then(b => process.exit(b.ready === true ? 0 : 1), () => process.exit(1))`).then(({ exitCode }) => exitCode), PATIENCE).toBe(0);
}

async function counters(): Promise<{ failures: number; restarts: number[] }> {
  const { stdout } = await machine.attempt("cat", COUNTERS);
  return stdout === "" ? { failures: 0, restarts: [] } : (JSON.parse(stdout) as { failures: number; restarts: number[] });
}

/** Until the timer has looked this often since, each time in vain. */
async function failures(count: number): Promise<void> {
  await expect.poll(async () => (await counters()).failures, PATIENCE).toBeGreaterThanOrEqual(count);
}

/** Forgets earlier restarts, as a boot does, and waits until the gateway has been up for its minute of grace. */
async function settle(): Promise<void> {
  await live();
  await systemctl("stop", `${HEALTH}.timer`);
  await machine.run("rm", "--force", COUNTERS);
  await expect.poll(async () => {
    const uptime = Number((await machine.run("cat", "/proc/uptime")).split(" ")[0]) * 1_000;
    return uptime - Number(await unit("ActiveEnterTimestampMonotonic")) / 1_000;
  }, PATIENCE).toBeGreaterThan(62_000);
  await systemctl("start", `${HEALTH}.timer`);
}

describe("the timers", () => {
  it("are installed, active and understood by systemd", async () => {
    expect(install).toContain(`enable --now ${HEALTH}.timer`);
    expect(install).not.toContain("!");
    expect(JSON.parse(await machine.fortress("service", "status", "--json"))).toMatchObject({ installed: true });
    const files = (await machine.run("sh", "-c", "ls ~/.config/systemd/user/openclaw-fortress-*.*")).split("\n");
    const { exitCode, stderr } = await machine.attempt("systemd-analyze", "--user", "verify", ...files);
    expect([exitCode, stderr]).toEqual([0, ""]);
  });

  it("shut the probe in, and it works shut in", async () => {
    const security = await machine.run("systemd-analyze", "--user", "security", `${HEALTH}.service`, "--no-pager");
    expect(Number(/exposure level for .*: ([\d.]+)/.exec(security)?.[1])).toBeLessThan(3);
    await systemctl("start", `${HEALTH}.service`);
    expect(await said()).toMatch(/^live: The gateway answers\.$/m);
  });

  it("are not taken for a second gateway", async () => {
    expect(await machine.openclaw("gateway", "status", "--deep")).not.toContain("openclaw-fortress");
  });

  it("run as often as their drop-in says", async () => {
    await machine.write(`${machine.home}/.config/systemd/user/${HEALTH}.timer.d/quick.conf`, QUICK);
    await systemctl("daemon-reload");
    await systemctl("restart", `${HEALTH}.timer`);
    await expect.poll(async () => (await said()).split("\n").filter((line) => line === "live: The gateway answers.").length, PATIENCE).toBeGreaterThan(3);
  });
});

it("leaves a gateway alone while an update runs, and restarts it when it hangs", async () => {
  await settle();
  const before = await unit("MainPID");
  await machine.run("node", "-e", database("INSERT INTO update_runs (run_id, created_at_ms, updated_at_ms, trigger, phase, status, origin_json, target_json, before_json, after_json, steps_json, verification_json, repair_json) VALUES ('t', :now, :now, 'cli', 'activating', 'running', '{}', '{}', '{}', '{}', '[]', '{}', '{}')"));
  await machine.run("kill", "-STOP", before);
  await failures(4);
  expect([await unit("MainPID"), await unit("ActiveState")]).toEqual([before, "active"]);
  expect(await said()).toMatch(/^leave: An update of OpenClaw runs \(activating\)\.$/m);

  await machine.run("node", "-e", database("DELETE FROM update_runs WHERE run_id = 't' AND :now > 0"));
  await expect.poll(() => unit("MainPID"), PATIENCE).not.toBe(before);
  await live();
  expect((await counters()).restarts).toHaveLength(1);
  expect(await ledger()).toContainEqual(expect.objectContaining({ action: "gateway.restarted", outcome: "done", because: expect.stringMatching(/gives no answer/) as string }));
  const evidence = await machine.run("sh", "-c", `stat --format %a ${machine.stateDir}/fortress/evidence/health-*.json | sort -u; cat ${machine.stateDir}/fortress/evidence/health-*.json`);
  expect(evidence).toMatch(/^600\n/);
  expect(evidence).toMatch(/State: T \(stopped\)/);
  expect(evidence).not.toContain("token-of-the-healing-test");
});

it("lets systemd bring back a gateway that was killed", async () => {
  await live();
  const [before, restarts] = [await unit("MainPID"), (await counters()).restarts.length];
  await machine.run("kill", "-KILL", before);
  await expect.poll(() => unit("MainPID"), PATIENCE).not.toMatch(new RegExp(`^(0|${before})$`));
  await live();
  expect((await counters()).restarts).toHaveLength(restarts);
});

it("leaves a stopped gateway stopped", async () => {
  await systemctl("stop", GATEWAY);
  await failures(5);
  expect(await unit("ActiveState")).toBe("inactive");
  expect(await said()).toMatch(/^leave: openclaw-gateway\.service is stopped, and stays so until somebody starts it\.$/m);
});

it("leaves a gateway alone whose port somebody else has taken", async () => {
  await machine.run("systemd-run", "--user", "--unit=squatter", "python3", "-m", "http.server", String(PORT), "--bind", "127.0.0.1");
  await machine.run("rm", "--force", COUNTERS);
  const restarts = (await counters()).restarts.length;
  await systemctl("start", GATEWAY);
  await failures(4);
  expect(await said()).toMatch(/is not an OpenClaw gateway/);
  expect((await counters()).restarts).toHaveLength(restarts);
  await systemctl("stop", "squatter.service");
});

it("has patience with a start that is slower than three failures", async () => {
  await systemctl("stop", GATEWAY);
  await machine.write(`${machine.home}/.config/systemd/user/${GATEWAY}.d/slow.conf`, `[Service]\nExecStart=\nExecStart=/bin/sh -c 'sleep 25; exec "$$@"' sh ${(await machine.run("sh", "-c", `sed -n s/^ExecStart=//p ~/.config/systemd/user/${GATEWAY}`)).trim()}\n`);
  await systemctl("daemon-reload");
  await machine.run("rm", "--force", COUNTERS);
  await systemctl("start", GATEWAY);
  await failures(4);
  expect(await said()).toMatch(/^wait: openclaw-gateway\.service started .* ago and has 60 s to answer\.$/m);
  await live();
  expect([(await counters()).restarts, await unit("NRestarts")]).toEqual([[], "0"]);
  await machine.run("rm", "--recursive", `${machine.home}/.config/systemd/user/${GATEWAY}.d`);
});

it("gives a gateway that loops at its start few chances, and brings it back once it can start", async () => {
  await systemctl("stop", GATEWAY);
  await machine.write(`${machine.home}/.config/systemd/user/${GATEWAY}.d/loop.conf`, "[Service]\nExecStart=\nExecStart=/bin/false\nRestartSec=200ms\n");
  await systemctl("daemon-reload");
  await machine.run("rm", "--force", COUNTERS);
  await systemctl("start", GATEWAY);
  await expect.poll(async () => (await counters()).restarts.length, PATIENCE).toBe(1);
  await failures(5);
  expect((await counters()).restarts).toHaveLength(1);
  expect(await said()).toMatch(/^diagnose: .*the next restart comes 10 min after that one\.$/m);

  await machine.run("rm", "--recursive", `${machine.home}/.config/systemd/user/${GATEWAY}.d`);
  await systemctl("daemon-reload");
  await machine.run("rm", "--force", COUNTERS);
  await live();
});

it("does not touch what refuses its configuration", async () => {
  await systemctl("stop", `${HEALTH}.timer`);
  await machine.run("sh", "-c", `cd ~/.openclaw && cp openclaw.json keep && printf '{"gateway":{"port":${PORT},"mode":"nonsense"}}' > openclaw.json`);
  await machine.attempt("systemctl", "--user", "restart", GATEWAY);
  await expect.poll(async () => [await unit("ActiveState"), await unit("ExecMainStatus")], PATIENCE).toEqual(["failed", "78"]);
  await machine.run("rm", "--force", COUNTERS);
  await systemctl("start", `${HEALTH}.timer`);
  await failures(4);
  expect(await said()).toMatch(/^leave: OpenClaw refuses its configuration \(exit code 78\)/m);
  expect(await unit("ActiveState")).toBe("failed");
});

it("removes exactly what it installed", async () => {
  await machine.fortress("service", "uninstall");
  expect((await machine.run("sh", "-c", "cd ~/.config/systemd/user && find . -name '*fortress*'")).split("\n").sort()).toEqual([`./${HEALTH}.timer.d`]);
  expect(await machine.run("sh", "-c", `ls ~/.config/systemd/user/${GATEWAY}`)).not.toBe("");
  expect((await machine.attempt("systemctl", "--user", "is-active", `${HEALTH}.timer`)).stdout).toBe("inactive");
});

function database(statement: string): string {
  return `const { DatabaseSync } = require("node:sqlite"); const db = new DatabaseSync("${"/home/op/.openclaw/state/openclaw.sqlite"}", { timeout: 20000 }); db.prepare(${JSON.stringify(statement)}).run({ now: Date.now() }); db.close();`;
}
