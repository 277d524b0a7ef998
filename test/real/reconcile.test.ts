import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createEngine } from "../../src/edge/engine.ts";
import { isVisible, readKernelFile } from "../../src/edge/kernel.ts";
import { createLedger } from "../../src/edge/ledger.ts";
import { runProcess } from "../../src/edge/process.ts";
import { createQuarantineFile } from "../../src/edge/quarantine.ts";
import type { Core } from "../../src/flows/core.ts";
import { createLedgerFlow } from "../../src/flows/ledger.ts";
import { createQuarantine, type Quarantine } from "../../src/flows/quarantine.ts";
import { createUpkeep } from "../../src/flows/upkeep.ts";
import { readLimits } from "../../src/limits/cgroup.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { countEngineCalls, type EngineCalls } from "../support/engine-calls.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

const READ_WRITE = ["operator.read", "operator.write"] as const;
/** For what fortress does by itself, on a machine that is busy. */
const SOON = { timeout: 180_000, interval: 250 };
/** One processor, so that what fills a sandbox leaves one to the gateway on the smallest machine: OpenClaw gives an engine five seconds to answer. */
const LIMITS = { memory: "512m", cpus: 1 };
/** No maintenance falls due while this runs. */
const NOT_SOON = (new Date().getHours() + 12) % 24;

/** What a process started, by whichever of its threads. */
function childrenOf(pid: number): string[] {
  const of = (thread: string): string[] => (readKernelFile(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean);
  return readdirSync(`/proc/${pid}/task`).flatMap(of);
}

describe("a running sandbox", () => {
  let model: ScriptedModel;
  let gateway: Gateway;
  let elsewhere: string;
  let calls: EngineCalls;
  const strangers: string[] = [];

  beforeAll(async () => {
    model = await startScriptedModel();
    elsewhere = await mkdtemp("/tmp/fort-elsewhere-");
    calls = await countEngineCalls("podman");
    // Unless told that this is done, OpenClaw puts /usr/bin before everything else.
    const env = { PATH: await calls.onlyPath(), OPENCLAW_PATH_BOOTSTRAPPED: "1" };
    gateway = await startGateway({ engine: await prepareEngine({ log: () => {} }), model, env, pluginDir: PLUGIN_DIR, pluginConfig: { limits: LIMITS, maintenance: { hour: NOT_SOON } }, config: { agents: { entries: { main: { default: true }, other: {} } } } });
  });
  afterAll(async () => {
    for (const id of strangers) await gateway.engine.podman(["rm", "--force", "--time", "0", id]);
    await gateway?.dispose();
    await model?.close();
    await rm(elsewhere, { recursive: true, force: true });
    await calls?.remove();
  });

  const podman = (...args: string[]): Promise<string> => gateway.engine.podman(args);
  const state = (id: string): Promise<string> => podman("inspect", "--format", "{{.State.Status}}", id);

  /** By its host name, which is the short id. */
  async function container(agent = "main"): Promise<{ id: string; pid: number }> {
    const short = (await gateway.exec("cat /etc/hostname", { agent })).trim();
    const [id, pid] = (await podman("inspect", "--format", "{{.Id}} {{.State.Pid}}", short)).split(" ");
    return { id: id!, pid: Number(pid) };
  }

  const pids = (pid: number): number | undefined => readLimits(readKernelFile, pid).pids;

  /** A container that is not this gateway's, with a limit of its own. */
  async function stranger(...args: string[]): Promise<{ id: string; pid: number }> {
    const image = (await podman("images", "--format", "{{.Repository}}:{{.Tag}}")).split("\n").find((name) => name.includes("fortress-test"))!;
    const id = (await podman("run", "--detach", "--network", "none", "--pids-limit", "4000", ...args, image, "sleep", "1000")).trim();
    strangers.push(id);
    return { id, pid: Number(await podman("inspect", "--format", "{{.State.Pid}}", id)) };
  }

  /** A container that is none of OpenClaw's, beside its sandboxes, and what it would show of anything done to it. */
  async function bystander(): Promise<() => Promise<unknown>> {
    // With it comes the workspace.
    await container();
    const { id, pid } = await stranger("--volume", `${gateway.stateDir}/workspace-main:/workspace`, "--label", "openclaw.sandboxed=1");
    const look = async (): Promise<unknown> => [pids(pid), await podman("inspect", "--format", "{{.State.Status}} {{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}", id)];
    const before = await look();
    return async () => (expect(await look()).toEqual(before), before);
  }

  /** What fortress did, by container. */
  const deeds = async (): Promise<string[]> => (await createLedger(join(gateway.stateDir, "fortress"), Date.now).read()).records.map(({ action, target, outcome }) => `${action} ${target} ${outcome}`);

  const nameOf = (id: string): Promise<string> => podman("inspect", "--format", "{{.Name}}", id);

  /** A command that the gateway itself gave to podman, while it runs. */
  function ownCommand(...words: string[]): number | undefined {
    const pid = childrenOf(gateway.pid).find((child) => readKernelFile(`/proc/${child}/cmdline`)?.startsWith(`podman\0${words.join("\0")}\0`));
    return pid === undefined ? undefined : Number(pid);
  }

  /** Stops the next such command that the gateway itself gives to podman. */
  async function stopNext(...words: string[]): Promise<void> {
    for (const deadline = Date.now() + SOON.timeout; Date.now() < deadline; await setImmediate()) {
      const pid = ownCommand(...words);
      if (pid !== undefined) return void process.kill(pid, "SIGSTOP");
    }
    throw new Error(`The gateway ran no podman ${words.join(" ")}`);
  }

  /** Does what a gateway would take three quarters of an hour for: sandboxes hang, and are looked at until they don't run any more. */
  async function watcher<T>(use: (hang: () => Promise<{ id: string; name: string }>, quarantine: Quarantine) => Promise<T>): Promise<T> {
    for (const [key, value] of Object.entries(gateway.engine.env)) vi.stubEnv(key, value);
    try {
      const engine = createEngine("podman", runProcess);
      const directory = join(gateway.stateDir, "fortress");
      const core = { edges: { engine: () => engine, isVisible, readKernel: readKernelFile, quarantine: createQuarantineFile(directory) }, ledger: createLedgerFlow(createLedger(directory, Date.now), (deed) => deed) } as unknown as Core;
      let minutes = 0;
      const quarantine = createQuarantine(core, Date.now);
      const upkeep = createUpkeep(core, quarantine, { now: () => minutes * 60_000 });
      const hang = async (): Promise<{ id: string; name: string }> => {
        const { id, pid } = await container();
        const name = await nameOf(id);
        process.kill(pid, "SIGSTOP");
        for (let found = await engine.inspect(id); found?.running; found = await engine.inspect(id)) {
          await upkeep.tend([{ engine: "podman", container: found }]);
          minutes += 5;
        }
        return { id, name };
      };
      return await use(hang, quarantine);
    } finally {
      vi.unstubAllEnvs();
    }
  }

  async function setFortress(enabled: boolean): Promise<void> {
    await gateway.updateConfig((whole) => void ((whole.plugins as { entries: { fortress: { enabled: boolean } } }).entries.fortress.enabled = enabled));
    // OpenClaw takes some changes over only at its start.
    if (enabled) await gateway.restart();
  }

  async function configure(config: object): Promise<void> {
    await gateway.updateConfig((whole) => {
      const { fortress } = (whole.plugins as { entries: { fortress: { config: object } } }).entries;
      fortress.config = { ...fortress.config, ...config };
    });
  }

  it("gets its limits back when somebody changes them by hand, without a command of an agent, and others keep theirs", async () => {
    const mine = await container();
    const labelled = await stranger("--label", "openclaw.sandbox=1", "--volume", `${elsewhere}:/workspace`);
    const workspace = (await podman("inspect", "--format", '{{range .Mounts}}{{if eq .Destination "/workspace"}}{{.Source}}{{end}}{{end}}', mine.id)).trim();
    const near = await stranger("--volume", `${workspace}:/workspace`);
    for (const change of [["--pids-limit", "4000"], ["--memory", "1g", "--memory-swap", "2g"], ["--cpus", "0.1"], ["--pids-limit", "100"]]) {
      const before = readLimits(readKernelFile, mine.pid);
      await podman("update", ...change, mine.id);
      await expect.poll(() => readLimits(readKernelFile, mine.pid), SOON).toEqual(before);
    }
    await podman("update", "--pids-limit", "3999", labelled.id);
    await podman("update", "--pids-limit", "4000", mine.id);
    await expect.poll(() => pids(mine.pid), SOON).toBe(512);
    expect([pids(labelled.pid), pids(near.pid), await state(labelled.id), await state(near.id)]).toEqual([3999, 4000, "running", "running"]);
    expect(await gateway.chat("/fortress log")).toMatch(/limits\.restored \S+: PIDs is 4000 instead of 512/);
  });

  it("is watched again after the engine's events were stopped or killed", async () => {
    const { id, pid } = await container();
    for (const signal of ["SIGSTOP", "SIGKILL"] as const) {
      let stream: number | undefined;
      await expect.poll(() => (stream = ownCommand("events")), SOON).toBeDefined();
      process.kill(stream!, signal);
      await podman("update", "--pids-limit", "4000", id);
      await expect.poll(() => pids(pid), SOON).toBe(512);
    }
  });

  it.each([
    ["after an event", async () => {}],
    ["at the sweep for events that nobody told", async () => void process.kill(ownCommand("events")!, "SIGKILL")],
  ])("gets its limits back although podman itself stood still %s", async (_, before) => {
    const { id, pid } = await container();
    await expect.poll(() => ownCommand("events"), SOON).toBeDefined();
    await before();
    // As fortress says it: what OpenClaw asks for itself has no deadline, and holds Podman's lock while it is stopped.
    const held = stopNext("inspect", "--type", "container");
    await podman("update", "--pids-limit", "4000", id);
    await held;
    await expect.poll(() => pids(pid), SOON).toBe(512);
  });

  it("that is removed before what is wrong with it is mended is nothing to tell of, and nothing else is touched", async () => {
    const isUntouched = await bystander();
    const [mine, other] = [await container(), await container("other")];
    const [name, otherName] = [await nameOf(mine.id), await nameOf(other.id)];
    const before = (await deeds()).length;
    const seen = await calls.take();
    const goOn = await calls.hold("update");
    await podman("update", "--pids-limit", "4000", mine.id);
    seen.length = 0;
    await expect.poll(async () => (seen.push(...(await calls.take())), seen), SOON).toContain("update");
    await podman("rm", "--force", "--time", "0", mine.id);
    await goOn();
    // What is mended after it shows that it is over.
    await podman("update", "--pids-limit", "4000", other.id);
    await expect.poll(() => pids(other.pid), SOON).toBe(512);
    await expect.poll(async () => (await deeds()).slice(before), SOON).toEqual([`limits.restored ${otherName} done`]);
    expect(await gateway.chat("/fortress status")).not.toContain(name);
    await isUntouched();
    expect(await container("other")).toEqual(other);
    expect((await container()).id).not.toBe(mine.id);
  });

  it("is taken neither for well nor for dead while the engine is missing, and looked after by itself when it is back", async () => {
    const isUntouched = await bystander();
    const mine = await container();
    const before = (await deeds()).length;
    await expect.poll(() => ownCommand("events"), SOON).toBeDefined();
    await calls.setMissing(true);
    try {
      // Without its end nobody would ask for the engine within five minutes.
      process.kill(ownCommand("events")!, "SIGKILL");
      await podman("update", "--pids-limit", "4000", mine.id);
      await expect.poll(() => gateway.chat("/fortress status"), SOON).toMatch(/UNKNOWN[^]*The sandboxes of podman can't be watched: podman is not installed/);
      expect([pids(mine.pid), await state(mine.id), (await deeds()).slice(before)]).toEqual([4000, "running", []]);
    } finally {
      await calls.setMissing(false);
    }
    await expect.poll(() => pids(mine.pid), SOON).toBe(512);
    await expect.poll(() => gateway.chat("/fortress status"), SOON).not.toContain("can't be watched");
    expect((await deeds()).slice(before)).toEqual([`limits.restored ${await nameOf(mine.id)} done`]);
    expect(await container()).toEqual(mine);
    await isUntouched();
  });

  it("has its limits after a storm of restarts, which costs a bounded number of looks, and nothing else is touched", async () => {
    const isUntouched = await bystander();
    const [mine, other] = [await container(), await container("other")];
    const before = readLimits(readKernelFile, mine.pid);
    await calls.take();
    for (let restart = 0; restart < 10; restart += 1) {
      await podman("update", "--pids-limit", "4000", mine.id);
      await podman("restart", "--time", "0", mine.id);
    }
    await expect.poll(async () => readLimits(readKernelFile, Number(await podman("inspect", "--format", "{{.State.Pid}}", mine.id))), SOON).toEqual(before);
    const made: string[] = [];
    await expect.poll(async () => {
      const fresh = await calls.take();
      made.push(...fresh);
      return fresh.length;
    }, { ...SOON, interval: 2_000 }).toBe(0);
    // Each change and each restart is looked at and mended once or twice.
    expect(made.length, made.join()).toBeLessThanOrEqual(60);
    await isUntouched();
    await podman("rm", "--force", "--time", "0", mine.id);
    expect(await container("other")).toEqual(other);
  });

  it("is paused while it takes too much of the disk, and goes on when it does not", async () => {
    const { id } = await container();
    await configure({ disk: { freeze: { size: "100m" } } });
    await gateway.exec("touch /workspace/kept; head -c 150000000 /dev/zero > /workspace/big");
    // It measures at its start and every five minutes.
    await gateway.restart();
    await expect.poll(() => state(id), SOON).toBe("paused");
    await expect.poll(() => gateway.chat("/fortress status"), SOON).toContain("stands still");
    const { text, isError } = await gateway.turn(callMarker("exec", { command: "echo RAN" }));
    expect([isError, text]).toEqual([true, expect.stringContaining("stand still") as string]);
    await rm(`${gateway.stateDir}/workspace-main/big`);
    await gateway.restart();
    await expect.poll(() => state(id), SOON).toBe("running");
    expect((await container()).id).toBe(id);
  });

  it("gets changed limits of the configuration as it is, without being made anew", async () => {
    const before = await container();
    await configure({ limits: { ...LIMITS, pids: 300 } });
    await expect.poll(() => pids(before.pid), SOON).toBe(300);
    expect(await container()).toEqual(before);
  });

  it("that hung and was restarted is one entry in OpenClaw's registry: the one that runs", async () => {
    const { id, name } = await watcher((hang) => hang());
    const after = await container();
    expect([after.id === id, await nameOf(after.id)]).toEqual([false, name]);
    const { containers } = JSON.parse((await gateway.cli(["sandbox", "list", "--json"])).stdout) as { containers: { containerName: string }[] };
    const [sessionKey, configHash] = (await podman("inspect", "--format", '{{index .Config.Labels "openclaw.sessionKey"}} {{index .Config.Labels "openclaw.configHash"}}', after.id)).split(" ");
    expect(containers.filter(({ containerName }) => containerName === name)).toMatchObject([{ running: true, sessionKey, configHash }]);
  });

  it("that keeps hanging is quarantined: refused with the remedy, by a new gateway too, ended when somebody starts it, and free once it is recreated", async () => {
    const { id } = await watcher(async (hang, quarantine) => {
      for (let times = 1; ; times += 1) {
        const hung = await hang();
        expect(quarantine.reason(hung.id) !== undefined).toBe(times === 4);
        if (times === 4) return hung;
      }
    });
    const refused = async (): Promise<void> => {
      const { text, isError } = await gateway.turn(callMarker("exec", { command: "echo RAN" }));
      expect([isError, text]).toEqual([true, expect.stringMatching(/is quarantined since [^]*its first process was stopped by a signal, after 3 restarts within an hour[^]*openclaw sandbox recreate --agent main/)]);
      expect(await state(id)).toBe("exited");
    };
    await refused();
    expect(await gateway.exec("echo alive", { agent: "other" })).toContain("alive");
    expect(await gateway.chat("/fortress status")).toMatch(/EXPOSED[^]*is quarantined since/);
    await gateway.restart();
    await refused();
    await podman("start", id);
    await expect.poll(() => state(id), SOON).toBe("exited");
    expect(await gateway.cli(["sandbox", "recreate", "--agent", "main", "--force"])).toMatchObject({ exitCode: 0 });
    expect((await container()).id).not.toBe(id);
    expect(await gateway.chat("/fortress status")).not.toContain("quarantined");
  });

  it.each([
    ["a memory hog", "tail /dev/zero"],
    ["a fork bomb", 'sh -c \'b() { b | b & }; b; sleep 4\''],
    ["a CPU burner", "for i in 1 2 3 4 5 6 7 8; do while :; do :; done & done; sleep 4; kill $(jobs -p)"],
  ])("with %s in it leaves another one and the gateway alone", async (_, command) => {
    // An agent's first turn makes its database, which OpenClaw at times refuses beside another turn.
    await container("other");
    const { id } = await container();
    const hog = gateway.turn(callMarker("exec", { command: `timeout -s KILL 8 ${command}; true`, yieldMs: 20_000 }));
    expect(await gateway.exec("echo alive", { agent: "other" })).toContain("alive");
    expect(await (await fetch(`${gateway.url}/healthz`)).json()).toMatchObject({ ok: true });
    await hog;
    // Bombs outlive their turn; the sandbox is ended as an operator would end it.
    await podman("rm", "--force", "--time", "0", id);
  });

  it("is looked after by what the timers start while the gateway is down or runs without fortress, and only then", async () => {
    const { id, pid } = await container();
    const alone = async (...args: string[]): Promise<string> =>
      (await execa(process.execPath, [join(PLUGIN_DIR, "bin/fortress.mjs"), ...args], { env: { ...gateway.engine.env, HOME: gateway.home, PATH: process.env.PATH }, extendEnv: false, reject: false, stdin: "ignore" })).stdout;
    expect(await alone("sweep")).toBe("The gateway looks after its sandboxes itself (it is live).");
    expect(await alone("maintenance", "--timer")).toBe("Nothing is due.");
    // Without it the gateway, which goes on, does not look at them.
    await setFortress(false);
    await podman("update", "--pids-limit", "4000", id);
    expect(await alone("health")).toContain("live");
    expect(await alone("sweep")).toMatch(/^Looked at \d sandbox/);
    expect(pids(pid)).not.toBe(4000);
    await setFortress(true);
    await expect.poll(() => alone("sweep"), SOON).toBe("The gateway looks after its sandboxes itself (it is live).");
    await gateway.stop();
    await podman("update", "--pids-limit", "4000", id);
    expect(await alone("sweep")).toMatch(/^Looked at \d sandbox/);
    expect(pids(pid)).not.toBe(4000);
    const file = join(gateway.stateDir, "fortress/maintenance.json");
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000).toISOString();
    await writeFile(file, JSON.stringify({ version: 1, since: twoDaysAgo, steps: [], images: [] }));
    expect(await alone("maintenance", "--timer")).toMatch(/^· backup +well: Backup 000001-\S+ was made and is verified\.\n· drill +well: /);
    await gateway.start();
    expect(await gateway.chat("/fortress status full")).toMatch(/^maintenance: ran /m);
  });

  it("stands still in a lockdown, which only an owner can begin, and which outlives the gateway", async () => {
    const { id } = await container();
    await gateway.exec("sleep 300", { args: { background: true } });
    expect(await gateway.chat("/fortress lockdown", { scopes: READ_WRITE })).toMatch(/^fortress: only owners/);
    expect(await gateway.chat("/fortress_owner lockdown", { scopes: READ_WRITE })).not.toContain("LOCKDOWN");
    expect(await state(id)).toBe("running");

    const reply = await gateway.chat("/fortress lockdown");
    expect(reply).toMatch(/^fortress: LOCKDOWN since /);
    expect(await state(id)).toBe("paused");
    const refused = async (agent: string): Promise<void> => {
      const { text, isError } = await gateway.turn(callMarker("exec", { command: "echo RAN" }), { agent });
      expect([isError, text]).toEqual([true, expect.stringContaining("locked down")]);
      expect(text).not.toContain("RAN");
    };
    await refused("main");
    await refused("other");

    await gateway.restart();
    await refused("main");
    expect(await state(id)).toBe("paused");
    expect(await gateway.chat("/fortress status")).toMatch(/^LOCKDOWN since /);
    await podman("unpause", id);
    await expect.poll(() => state(id), SOON).toBe("paused");

    const thaw = await gateway.cli(["fortress", "thaw"]);
    expect([thaw.exitCode, thaw.stdout]).toEqual([0, expect.stringContaining("Goes on: ")]);
    expect((await container()).id).toBe(id);
    expect(await gateway.chat("/fortress status")).not.toContain("LOCKDOWN");
  });
});

it("a gateway whose clock is set a year ahead and back mends what drifts, ends and restarts nothing, and makes up for no time", async () => {
  await using model = await startScriptedModel();
  await using clock = await fakeClock();
  await using gateway = await startGateway({
    engine: await prepareEngine({ log: () => {} }),
    model,
    env: clock.env,
    pluginDir: PLUGIN_DIR,
    pluginConfig: { limits: LIMITS, maintenance: { hour: NOT_SOON }, backups: { startMinutes: 0 } },
    // OpenClaw itself prunes what it takes for a year old.
    config: { agents: { defaults: { sandbox: { prune: { idleHours: 0, maxAgeDays: 0 } } } } },
  });
  const { podman } = gateway.engine;
  const look = (name: string): Promise<string> => podman(["inspect", "--format", "{{.Id}} {{.State.Pid}} {{.State.Status}}", name]);
  const records = async () => (await createLedger(join(gateway.stateDir, "fortress"), Date.now).read()).records;
  const name = (await gateway.exec("cat /etc/hostname")).trim();
  const bystander = `${gateway.containerPrefix}bystander`;
  await podman(["run", "--detach", "--network", "none", "--name", bystander, "--volume", `${gateway.stateDir}/workspace:/workspace`, await podman(["inspect", "--format", "{{.ImageName}}", name]), "sleep", "1000"]);
  const before = [await look(name), await look(bystander)];
  const pid = Number(before[0]!.split(" ")[1]);
  await expect.poll(async () => (await records()).map(({ action }) => action), SOON).toEqual(["backup.created"]);
  /** By the gateway's own clock. */
  const yearOfMending = async (): Promise<number> => {
    await podman(["update", "--pids-limit", "4000", name]);
    await expect.poll(() => readLimits(readKernelFile, pid).pids, SOON).toBe(512);
    return new Date((await records()).at(-1)!.at).getFullYear();
  };
  for (const days of [365, -365, 0]) {
    await clock.set(`${days < 0 ? "" : "+"}${days}d`);
    await expect.poll(yearOfMending, SOON).toBe(new Date(Date.now() + days * 86_400_000).getFullYear());
    expect((await gateway.exec("cat /etc/hostname")).trim()).toBe(name);
  }
  const [, ...deeds] = await records();
  expect(new Set(deeds.map(({ action, outcome }) => `${action} ${outcome}`))).toEqual(new Set(["limits.restored done"]));
  expect([await look(name), await look(bystander)]).toEqual(before);
});
