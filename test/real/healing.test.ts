import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { prepareEngine } from "../support/setup.ts";
import { type SystemdMachine, startSystemd } from "../support/systemd.ts";
import { configure, EVERY_FEW_SECONDS, GATEWAY, lastRun, live, liveAtFirst, PATIENCE, PORT, schedule } from "../support/systemd-gateway.ts";

const HEALTH = "openclaw-fortress-health";
const TOLD = "/home/op/.openclaw/fortress/told";
const COUNTERS = "/run/user/1000/openclaw-fortress/home-op-.openclaw/health.json";
/** A gateway may be silent for that long after its start, not for five minutes; three probes in a row may well fail at first. */
const ONE_MINUTE = 1;

let machine: SystemdMachine;

beforeAll(async () => {
  machine = await startSystemd(await prepareEngine({ log: () => {} }), PLUGIN_DIR, { log: () => {} });
  await grace(ONE_MINUTE);
  await machine.openclaw("gateway", "install");
  await machine.fortress("service", "install");
  // Until the gateway is there: its first start may take longer than the grace.
  await systemctl("stop", `${HEALTH}.timer`);
  await liveAtFirst(machine);
  await schedule(machine, HEALTH, EVERY_FEW_SECONDS);
});

let began = 0;
beforeEach(() => void (began = Math.floor(Date.now() / 1_000)));

/** What each case took, for who reads it: no test depends on it. */
const times: string[] = [];
let since = 0;
const happens = (): void => void (since = Date.now());
const took = (how: string): void => void times.push(`${String(Math.round((Date.now() - since) / 1_000)).padStart(5)} s  ${how}`);

afterAll(() => {
  console.log(["From the fault on, at a look every three seconds instead of every three minutes:", ...times].join("\n"));
  return machine?.[Symbol.asyncDispose]();
});

const unit = (property: string): Promise<string> => machine.unit(GATEWAY, property);
const systemctl = (...args: string[]): Promise<string> => machine.systemctl(...args);
/** What the timer's runs said since the test began. */
const said = (): Promise<string> => machine.journal(`${HEALTH}.service`, began);
/** The journal takes a run's words later than its counters are written. */
const says = (words: RegExp): Promise<void> => expect.poll(said, PATIENCE).toMatch(words);
const ledger = async (): Promise<{ action: string; outcome: string; because: string }[]> => (JSON.parse(await machine.fortress("log", "--json")) as { records: { action: string; outcome: string; because: string }[] }).records;

async function counters(): Promise<{ failures: number; restarts: number[] }> {
  const { stdout } = await machine.attempt("cat", COUNTERS);
  return stdout === "" ? { failures: 0, restarts: [] } : (JSON.parse(stdout) as { failures: number; restarts: number[] });
}

/** Until the timer has looked this often since, each time in vain. */
async function failures(count: number): Promise<void> {
  await expect.poll(async () => (await counters()).failures, PATIENCE).toBeGreaterThanOrEqual(count);
}

/** Forgets earlier failures and restarts, as a boot does. */
async function forget(): Promise<void> {
  // A run that is under way would write down again what it has read.
  await systemctl("stop", `${HEALTH}.timer`);
  await expect.poll(() => machine.unit(`${HEALTH}.service`, "ActiveState"), PATIENCE).toMatch(/^(inactive|failed)$/);
  await machine.run("rm", "--force", COUNTERS);
  await systemctl("start", `${HEALTH}.timer`);
}

/** How long a gateway that was just started may be silent; fortress's default without. Only while none runs. */
async function grace(startMinutes?: number): Promise<void> {
  await configure(machine, { ...(startMinutes !== undefined && { health: { startMinutes } }), notify: { command: ["/bin/sh", "-c", `cat >> ${TOLD}`], perHour: 60 } });
}

/** What the gateway's service starts, until {@link asInstalled}. */
async function instead(execStart: string, more = ""): Promise<void> {
  await machine.write(`${machine.home}/.config/systemd/user/${GATEWAY}.d/test.conf`, `[Service]\nExecStart=\nExecStart=${execStart}\n${more}`);
  await systemctl("daemon-reload");
}

async function asInstalled(): Promise<void> {
  await machine.run("rm", "--recursive", `${machine.home}/.config/systemd/user/${GATEWAY}.d`);
  await systemctl("daemon-reload");
  await systemctl("reset-failed", GATEWAY);
}

it("leaves a gateway alone while an update runs, and restarts it when it hangs", async () => {
  const before = await unit("MainPID");
  happens();
  // Stopped in a transaction of its own, it would keep everybody from the database.
  await machine.run("node", "-e", database(`${updateRuns()} INSERT INTO update_runs (run_id, created_at_ms, updated_at_ms, trigger, phase, status, origin_json, target_json, before_json, after_json, steps_json, verification_json, repair_json) VALUES ('t', ${Date.now()}, ${Date.now()}, 'cli', 'activating', 'running', '{}', '{}', '{}', '{}', '[]', '{}', '{}')`, `process.kill(${before}, "SIGSTOP")`));
  await failures(3);
  expect([await unit("MainPID"), await unit("ActiveState")]).toEqual([before, "active"]);
  await says(/^leave: An update of OpenClaw runs \(activating\)\.$/m);
  expect(await lastRun(machine, HEALTH)).toEqual(["success", "0"]);
  took("it hangs while an update runs: left alone");

  happens();
  await machine.run("node", "-e", database("DELETE FROM update_runs WHERE run_id = 't'"));
  await expect.poll(() => unit("MainPID"), PATIENCE).not.toMatch(new RegExp(`^(0|${before})$`));
  await live(machine);
  took("it hangs, and no update runs any more: answers again");
  expect((await counters()).restarts).toHaveLength(1);
  expect(await ledger()).toContainEqual(expect.objectContaining({ action: "gateway.restarted", outcome: "done", because: expect.stringMatching(/gives no answer/) as string }));
  const evidence = await machine.run("sh", "-c", `stat --format %a ${machine.stateDir}/fortress/evidence/health-*.json | sort -u; cat ${machine.stateDir}/fortress/evidence/health-*.json`);
  expect(evidence).toMatch(/^600\n/);
  for (const kept of [/"State: T \(stopped\)"/, /"port": "somebody whom this user can't see"/, /"freeBytes": \d+/, /"MemAvailable: \d+ kB"/, /"journal": \[\s+"[^"]+openclaw/]) expect(evidence).toMatch(kept);
  expect(evidence).not.toContain("token-of-the-systemd-test");
  await expect.poll(() => machine.run("cat", TOLD), PATIENCE).toMatch(/fortress leaves it alone: An update[^]*The gateway was restarted: [^]*✓ The gateway answers again\./);
});

it("leaves a stopped gateway stopped", async () => {
  happens();
  await systemctl("stop", GATEWAY);
  await failures(3);
  expect(await unit("ActiveState")).toBe("inactive");
  await says(/^leave: openclaw-gateway\.service is stopped, and stays so until somebody starts it\.$/m);
  expect(await lastRun(machine, HEALTH)).toEqual(["success", "0"]);
  took("it was stopped: left alone");
});

it("gives a gateway that loops at its start few chances", async () => {
  await instead("/bin/false", "RestartSec=200ms\n");
  await forget();
  happens();
  await systemctl("start", GATEWAY);
  await expect.poll(async () => (await counters()).restarts.length, PATIENCE).toBe(1);
  took("it loops at its start: restarted");
  await failures(3);
  expect((await counters()).restarts).toHaveLength(1);
  await says(/^diagnose: .*the next restart comes 10 min after that one\.$/m);
  took("it goes on looping: left for ten minutes");
  await systemctl("stop", GATEWAY);
  await asInstalled();
});

it("has patience with a start that takes two minutes and many failures", async () => {
  await grace();
  await instead(`/bin/sh -c 'sleep 120; exec "$$@"' sh ${(await machine.run("sh", "-c", `sed -n s/^ExecStart=//p ~/.config/systemd/user/${GATEWAY}`)).trim()}`);
  await forget();
  happens();
  await systemctl("start", GATEWAY);
  await failures(3);
  const before = await unit("MainPID");
  await says(/^wait: openclaw-gateway\.service started (1\d\d s|2 min) ago and has 5 min to answer\.$/m);
  await live(machine);
  took("its start takes two minutes: answers, never restarted");
  expect([(await counters()).restarts, await unit("NRestarts"), await unit("MainPID")]).toEqual([[], "0", before]);
  await asInstalled();
});

it("starts a gateway again that could not get hold of its state", async () => {
  await systemctl("stop", `${HEALTH}.timer`, GATEWAY);
  // A configuration that OpenClaw has not seen yet makes it take its state over anew; a lease of another machine is nothing that it waits for.
  await grace(6);
  await machine.run("node", "-e", database(`INSERT INTO state_leases (scope, lease_key, owner, expires_at, heartbeat_at, payload_json, created_at, updated_at) VALUES ('startup-migrations', 'global', 'other', ${Date.now() + 3_600_000}, ${Date.now()}, '{"owner":{"pid":1,"host":"elsewhere","startedAt":1}}', ${Date.now()}, ${Date.now()})`));
  await systemctl("start", GATEWAY);
  await expect.poll(async () => [await unit("ActiveState"), await unit("ExecMainStatus")], PATIENCE).toEqual(["failed", "78"]);
  await machine.run("node", "-e", database("DELETE FROM state_leases WHERE owner = 'other'"));
  // The journal takes the gateway's words later than its end; a look before that finds a refusal that does not pass.
  await expect.poll(async () => (await machine.attempt("journalctl", "--user", `_SYSTEMD_INVOCATION_ID=${await unit("InvocationID")}`, "--no-pager", "--output=cat")).stdout, PATIENCE).toContain("startup migrations are already running");
  await forget();
  happens();
  await live(machine);
  took("it ended with exit code 78 for what passes: answers again");
  expect((await counters()).restarts).toHaveLength(1);
  expect((await said()).match(/\d of 3 failures|^restart(?=:)/gm)).toEqual(["1 of 3 failures", "2 of 3 failures", "restart"]);
  expect(await ledger()).toContainEqual(expect.objectContaining({ action: "gateway.restarted", because: expect.stringMatching(/exit code 78.*startup migrations are already running/) as string }));
});

it("lets systemd bring back a gateway that was killed", async () => {
  await forget();
  const before = await unit("MainPID");
  happens();
  await machine.run("kill", "-KILL", before);
  await expect.poll(() => unit("MainPID"), PATIENCE).not.toMatch(new RegExp(`^(0|${before})$`));
  await live(machine);
  took("it was killed: answers again, by systemd");
  expect((await counters()).restarts).toEqual([]);
});

it("does not touch what refuses its configuration", async () => {
  await systemctl("stop", `${HEALTH}.timer`);
  await machine.write(`${machine.stateDir}/openclaw.json`, `{"gateway":{"port":${PORT},"mode":"nonsense"}}`);
  await systemctl("restart", GATEWAY);
  await expect.poll(async () => [await unit("ActiveState"), await unit("ExecMainStatus")], PATIENCE).toEqual(["failed", "78"]);
  await forget();
  happens();
  await failures(3);
  await says(/^leave: OpenClaw refuses its configuration or its state \(exit code 78\)/m);
  took("it refuses its configuration: left alone");
  expect(await unit("ActiveState")).toBe("failed");
});

it("leaves a gateway alone whose port somebody else has taken", async () => {
  await systemctl("stop", GATEWAY);
  await grace();
  await squat('require("http").createServer((request, response) => response.end("mine"))');
  await forget();
  await systemctl("reset-failed", GATEWAY);
  happens();
  await systemctl("start", GATEWAY);
  await failures(3);
  await says(/is not an OpenClaw gateway/);
  took("something else answers on its port: left alone");
  expect((await counters()).restarts).toEqual([]);
  await systemctl("stop", GATEWAY, "squatter.service");
});

it.each([
  ["says nothing", "() => {}"],
  ["speaks no HTTP", '(socket) => socket.end("SSH-2.0-OpenSSH_9.2\\r\\n")'],
])("leaves a gateway that is dead alone whose port is held by what %s", async (what, onConnection) => {
  await systemctl("stop", GATEWAY);
  await squat(`require("net").createServer((socket) => (${onConnection})(socket.on("error", () => {})))`);
  await instead("/bin/false", "RestartSec=200ms\n");
  await systemctl("reset-failed", GATEWAY);
  await systemctl("start", GATEWAY);
  await expect.poll(() => unit("ActiveState"), PATIENCE).toBe("failed");
  await machine.run("rm", "--force", TOLD);
  await forget();
  happens();
  await failures(4);
  took(`its port is held by what ${what}: left alone`);
  expect([(await counters()).restarts, await unit("ActiveState")]).toEqual([[], "failed"]);
  // Shut in, the timer sees nobody's sockets; a person does.
  expect(await machine.run("cat", TOLD)).toMatch(/leaves it alone: Port 18789 is held by some process, while openclaw-gateway\.service has none/);
  const { stdout } = await machine.attempt("node", `${machine.stateDir}/extensions/fortress/bin/fortress.mjs`, "health");
  expect(stdout).toMatch(/^foreign: Port 18789 is held by process \d+ \(\S+\), which is not the gateway's service\.$/m);
  await systemctl("stop", "squatter.service");
  await asInstalled();
});

/** Somebody else on the gateway's port. @param server JavaScript that makes one */
async function squat(server: string): Promise<void> {
  const node = await machine.run("node", "--print", "process.execPath");
  await machine.run("systemd-run", "--user", "--collect", "--unit=squatter", node, "--eval", `${server}.listen(${PORT}, "127.0.0.1")`);
  await expect.poll(async () => (await machine.attempt("node", "--eval", `require("net").connect(${PORT}, "127.0.0.1", () => process.exit(0)).on("error", () => process.exit(1))`)).exitCode, PATIENCE).toBe(0);
}

/** OpenClaw makes this table with its first update: here, too, by its own words. */
function updateRuns(): string {
  const source = readFileSync(join(import.meta.dirname, "../../node_modules/openclaw/dist/managed-handoff-runtime.mjs"), "utf8");
  return /CREATE TABLE IF NOT EXISTS update_runs \(.*?\) STRICT;/.exec(source)![0].replaceAll("\\n", " ");
}

/** @param meanwhile JavaScript to run while nobody else writes */
function database(statements: string, meanwhile = ""): string {
  return `const { DatabaseSync } = require("node:sqlite"); const db = new DatabaseSync("/home/op/.openclaw/state/openclaw.sqlite", { timeout: 60000 }); db.exec("BEGIN IMMEDIATE"); ${meanwhile}; db.exec(${JSON.stringify(`${statements}; COMMIT`)}); db.close();`;
}
