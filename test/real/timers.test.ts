import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { prepareEngine } from "../support/setup.ts";
import { type SystemdMachine, startSystemd } from "../support/systemd.ts";
import { configure, EVERY_FEW_SECONDS, GATEWAY, lastRun, liveAtFirst, PATIENCE, schedule } from "../support/systemd-gateway.ts";

/** What `service install` gives a machine, started by its own timers; each test goes on where the one before ended. */
const HEALTH = "openclaw-fortress-health";
const SWEEP = "openclaw-fortress-sweep";
const MAINTENANCE = "openclaw-fortress-maintenance";
const NAMES = [HEALTH, SWEEP, MAINTENANCE];
/** Instead of once a day. */
const EVERY_FIVE_SECONDS = "OnCalendar=\nOnCalendar=*-*-* *:*:00/5\nRandomizedDelaySec=0";
/** No maintenance falls due by itself while this runs; the machine's time is UTC. */
const NOT_SOON = (new Date().getUTCHours() + 12) % 24;
const SANDBOX = "openclaw-sbx-podman-test";
const KEY = "sk-7f3a-of-the-systemd-test";

let machine: SystemdMachine;
let install = "";

beforeAll(async () => {
  machine = await startSystemd(await prepareEngine({ log: () => {} }), PLUGIN_DIR, { log: () => {} });
  // The machine has neither a file system of its own to lay others over, nor a journal that engines may write to.
  await machine.write(`${machine.home}/.config/containers/storage.conf`, '[storage]\ndriver = "vfs"\n');
  await machine.write(`${machine.home}/.config/containers/containers.conf`, '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n');
  await configure(machine, { maintenance: { hour: NOT_SOON } }, { agents: { defaults: { sandbox: { mode: "all", backend: "podman" } } } });
  await machine.openclaw("gateway", "install");
  install = await machine.fortress("service", "install");
  await liveAtFirst(machine);
});

let began = 0;
beforeEach(() => void (began = Math.floor(Date.now() / 1_000)));

afterAll(() => machine?.[Symbol.asyncDispose]());

/** Until the timer's runs have said so since the test began, and not once only. */
const says = (name: string, words: RegExp, times = 1): Promise<void> =>
  expect.poll(async () => (await machine.journal(`${name}.service`, began)).split("\n").filter((line) => words.test(line)).length, PATIENCE).toBeGreaterThanOrEqual(times);
const inShell = (script: string): Promise<string> => machine.run("sh", "-c", script);

/** What rootless engines keep to come back into their user namespace is gone, as after a boot. */
const forgetNamespace = (): Promise<string> => inShell('pid="$XDG_RUNTIME_DIR/libpod/tmp/pause.pid"; if [ -e "$pid" ]; then kill -9 "$(cat "$pid")"; rm "$pid"; fi');

it("are installed, active and understood by systemd", async () => {
  for (const name of NAMES) expect(install).toMatch(new RegExp(`enable --now .*${name}\\.timer`));
  expect(install).not.toContain("!");
  expect(JSON.parse(await machine.fortress("service", "status", "--json"))).toMatchObject({ installed: true, timers: NAMES.map((name) => ({ name: `${name}.timer`, active: true })) });
  const files = (await inShell("ls ~/.config/systemd/user/openclaw-fortress-*.*")).split("\n");
  expect(files).toHaveLength(2 * NAMES.length);
  const { exitCode, stderr } = await machine.attempt("systemd-analyze", "--user", "verify", ...files);
  expect([exitCode, stderr]).toEqual([0, ""]);
});

it("shut the probe in, and it works shut in", async () => {
  const security = await machine.run("systemd-analyze", "--user", "security", `${HEALTH}.service`, "--no-pager");
  expect(Number(/exposure level for .*: ([\d.]+)/.exec(security)?.[1])).toBeLessThan(3);
  await machine.systemctl("start", `${HEALTH}.service`);
  await says(HEALTH, /^live: The gateway answers\.$/);
});

it("stand beside a drop-in by which the gateway gets its keys from their file, and from nowhere else", async () => {
  await machine.write(`${machine.stateDir}/secrets.env`, `SYSTEMD_TEST_KEY=${KEY}\n`);
  await machine.fortress("secrets", "migrate", "--apply", "--systemd-drop-in");
  await machine.systemctl("daemon-reload");
  await machine.systemctl("restart", GATEWAY);
  await liveAtFirst(machine);
  const environ = await inShell(`tr '\\0' '\\n' < /proc/${await machine.unit(GATEWAY, "MainPID")}/environ`);
  expect(environ.split("\n")).toContain(`SYSTEMD_TEST_KEY=${KEY}`);
  const { exitCode, stderr } = await machine.attempt("systemd-analyze", "--user", "verify", `${machine.home}/.config/systemd/user/${GATEWAY}`);
  expect([exitCode, stderr]).toEqual([0, ""]);
  const shown = await machine.systemctl("show", GATEWAY);
  expect(shown).toMatch(/^EnvironmentFiles=\/home\/op\/\.config\/openclaw-secrets\/secrets\.env /m);
  for (const words of [shown, await machine.systemctl("cat", GATEWAY), await machine.run("journalctl", "--user", "--no-pager", "--output=verbose")]) expect(words).not.toContain(KEY);
  expect(await inShell(`grep --recursive --files-with-matches --fixed-strings ${KEY} ~ || true`)).toBe(`${machine.home}/.config/openclaw-secrets/secrets.env`);
});

it("are not taken for a second gateway", async () => {
  expect(await machine.openclaw("gateway", "status", "--deep")).not.toContain("openclaw-fortress");
});

describe("while the gateway runs", () => {
  it("look at it again and again, and leave the rest to it", async () => {
    await schedule(machine, HEALTH, EVERY_FEW_SECONDS);
    await schedule(machine, SWEEP, EVERY_FEW_SECONDS);
    await schedule(machine, MAINTENANCE, EVERY_FIVE_SECONDS);
    await says(HEALTH, /^live: The gateway answers\.$/, 3);
    await says(SWEEP, /^The gateway looks after its sandboxes itself \(it is live\)\.$/, 3);
    await says(MAINTENANCE, /^Nothing is due\.$/, 3);
    for (const name of NAMES) expect(await lastRun(machine, name)).toEqual(["success", "0"]);
  });
});

describe("while the gateway is stopped", () => {
  it("sweep its sandboxes, by an engine that nobody used since the boot", async () => {
    await machine.systemctl("stop", GATEWAY);
    await inShell("mkdir -p root/bin ~/.openclaw/workspace && cp /bin/busybox root/bin/sh && tar -C root -c bin | podman import --quiet - localhost/small");
    await machine.run("podman", "create", "--name", SANDBOX, "--label", "openclaw.sandbox=1", "--network", "none", "--volume", `${machine.stateDir}/workspace:/workspace`, "localhost/small", "/bin/sh");
    await machine.systemctl("stop", `${SWEEP}.timer`);
    await lastRun(machine, SWEEP);
    await forgetNamespace();
    began = Math.floor(Date.now() / 1_000) + 1;
    await machine.systemctl("start", `${SWEEP}.timer`);
    await says(SWEEP, /^Looked at 1 sandbox\.$/, 2);
    expect(await lastRun(machine, SWEEP)).toEqual(["success", "0"]);
  });

  it("do the day's maintenance, with a backup that can be restored", async () => {
    await machine.systemctl("stop", `${SWEEP}.timer`, `${MAINTENANCE}.timer`);
    await Promise.all([lastRun(machine, SWEEP), lastRun(machine, MAINTENANCE)]);
    await forgetNamespace();
    const yesterday = new Date(Date.now() - 25 * 3_600_000).toISOString();
    await machine.write(`${machine.stateDir}/fortress/maintenance.json`, JSON.stringify({ version: 1, since: yesterday, steps: [], images: [] }));
    await machine.systemctl("start", `${MAINTENANCE}.timer`);
    await says(MAINTENANCE, /backup +.*: Backup \S+ was made and is verified\.$/);
    await says(MAINTENANCE, /^Nothing is due\.$/);

    const { steps, ranAt } = JSON.parse(await machine.run("cat", `${machine.stateDir}/fortress/maintenance.json`)) as { ranAt: string; steps: { id: string; outcome: string; detail: string }[] };
    expect(Date.parse(ranAt)).toBeGreaterThan(Date.parse(yesterday));
    expect(steps.map(({ id, outcome, detail }) => `${id} ${outcome}: ${detail}`)).toEqual([
      expect.stringMatching(/^backup well: /), expect.stringMatching(/^drill well: /), "containers well: 1 sandbox, 1 stopped, 0 removed.", expect.stringMatching(/^images well: /),
      expect.stringMatching(/^evidence well: /), expect.stringMatching(/^logs well: /),
      // The files of a sandbox that is stopped can't be searched.
      expect.stringMatching(/^leaks partial: .* 1 secret: none was found/),
    ]);
    expect(await machine.fortress("backup", "verify")).toMatch(/ holds: /);
    const status = JSON.parse((await machine.attempt("node", `${machine.stateDir}/extensions/fortress/bin/fortress.mjs`, "status", "--json")).stdout) as { maintenance: { ranAt: string }; backup: object };
    expect(status).toMatchObject({ maintenance: { ranAt }, backup: { lastSuccess: expect.any(String) as string, lastDrill: { outcome: "passed" } } });
  });

  it("end well, and say so", async () => {
    await says(HEALTH, /^leave: openclaw-gateway\.service is stopped/);
    for (const name of NAMES) expect(await lastRun(machine, name)).toEqual(["success", "0"]);
    expect(await machine.systemctl("list-units", "--failed", "--plain", "--no-legend", ...NAMES.map((name) => `${name}.*`))).toBe("");
    const { timers } = JSON.parse((await machine.attempt("node", `${machine.stateDir}/extensions/fortress/bin/fortress.mjs`, "service", "status", "--json")).stdout) as { timers: { name: string; lastResult: string }[] };
    expect(timers.find(({ name }) => name === `${MAINTENANCE}.timer`)?.lastResult).toMatch(/^success, .*\b0\b/);
  });
});

it("are removed, and nothing else", async () => {
  await machine.fortress("service", "uninstall");
  expect((await inShell("cd ~/.config/systemd/user && find . -name '*fortress*'")).split("\n").sort()).toEqual(NAMES.map((name) => `./${name}.timer.d`).sort());
  expect(await inShell(`cd ~/.config/systemd/user && ls -d ${GATEWAY} ${GATEWAY}.d/*`)).toBe(`${GATEWAY}\n${GATEWAY}.d/secrets.conf`);
  expect((await machine.attempt("systemctl", "--user", "is-active", ...NAMES.map((name) => `${name}.timer`))).stdout).toBe("inactive\ninactive\ninactive");
});
