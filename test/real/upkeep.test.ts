import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createEngine, type Engine as EngineEdge } from "../../src/edge/engine.ts";
import { isVisible, readKernelFile } from "../../src/edge/kernel.ts";
import { runProcess } from "../../src/edge/process.ts";
import { createQuarantineFile } from "../../src/edge/quarantine.ts";
import type { Core } from "../../src/flows/core.ts";
import { createQuarantine } from "../../src/flows/quarantine.ts";
import { createUpkeep } from "../../src/flows/upkeep.ts";
import { readTaskCount } from "../../src/limits/cgroup.ts";
import { readPressure } from "../../src/limits/pressure.ts";
import type { Deed } from "../../src/model/ledger.ts";
import type { Container } from "../../src/model/sandbox.ts";
import type { Engine } from "../support/engine.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { prepareEngine } from "../support/setup.ts";

const MINUTE = 60_000;
const PREFIX = `up-${randomBytes(4).toString("hex")}`;

let real: Engine;
let engine: EngineEdge;
let image: string;
let folder: string;

beforeAll(async () => {
  real = await prepareEngine({ log: () => {} });
  image = await ensureSandboxImage(real, { log: () => {} });
  for (const [key, value] of Object.entries(real.env)) vi.stubEnv(key, value);
  engine = createEngine("podman", runProcess);
  folder = mkdtempSync("/var/tmp/fortress-upkeep-");
});
afterAll(async () => {
  const left = (await real.podman(["ps", "--all", "--quiet", "--filter", `name=^${PREFIX}`])).split("\n").filter(Boolean);
  if (left.length > 0) await real.podman(["rm", "--force", "--time", "0", ...left]);
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** A container as OpenClaw keeps its sandboxes alive. */
async function make(name: string, ...flags: string[]): Promise<Container> {
  const id = await real.podman(["run", "--detach", "--init", "--network", "none", "--name", `${PREFIX}-${name}`, ...flags, image, "sleep", "infinity"]);
  return (await engine.inspect(id))!;
}

/** The upkeep of one container, with a sweep every five minutes of its own time. */
function upkeepOf(container: Container, by = engine) {
  let now = 0;
  const deeds: Deed[] = [];
  const core = { edges: { engine: () => by, isVisible, readKernel: readKernelFile, quarantine: createQuarantineFile(join(folder, container.name)) }, ledger: { record: async (deed: Deed) => void deeds.push(deed) } } as unknown as Core;
  const quarantine = createQuarantine(core, Date.now);
  const upkeep = createUpkeep(core, quarantine, { now: () => now });
  const sandbox = { engine: "podman" as const, container };
  const sweep = async (): Promise<string[]> => {
    await upkeep.tend([sandbox]);
    now += 5 * MINUTE;
    return upkeep.findings().map(({ detail }) => detail);
  };
  return { sweep, hold: () => quarantine.hold(sandbox, "it hangs"), findings: upkeep.findings, deeds: () => deeds.map(({ action, outcome }) => `${action} ${outcome}`) };
}

it("makes a sandbox anew whose first process was stopped by a signal, but not while a command runs in it", async () => {
  const container = await make("stopped");
  const { sweep, deeds } = upkeepOf(container);
  expect(await sweep()).toEqual([]);
  await real.podman(["exec", "--detach", container.id, "sleep", "600"]);
  process.kill(container.pid, "SIGSTOP");
  expect(await sweep()).toEqual([expect.stringContaining("its first process was stopped by a signal")]);
  expect(await sweep()).toEqual([expect.stringContaining("a command runs in it")]);
  expect(deeds()).toEqual([]);
  await real.podman(["exec", container.id, "sh", "-c", "for p in /proc/[0-9]*; do grep -qz ^600 $p/cmdline && kill -9 ${p#/proc/}; done; true"]);
  process.kill(container.pid, "SIGCONT");
  await expect.poll(() => readTaskCount(readKernelFile, container.pid), { timeout: 90_000 }).toBe(2);
  process.kill(container.pid, "SIGSTOP");
  await sweep();
  await expect.poll(sweep, { timeout: 60_000 }).toBeDefined();
  expect(deeds()).toEqual(["sandbox.restarted done"]);
  expect(await engine.inspect(container.id)).toBeUndefined();
});

it("makes a sandbox anew in which no command ends, and takes its own probes for no commands", async () => {
  // The shell of every command reads the profile first, and nobody writes into this one.
  execFileSync("mkfifo", ["-m", "666", join(folder, "profile")]);
  const container = await make("hung", "--volume", `${join(folder, "profile")}:/etc/profile`);
  const { sweep, deeds } = upkeepOf(container);
  expect(await sweep()).toEqual([expect.stringContaining("a trivial command in it does not end")]);
  expect(deeds()).toEqual([]);
  await sweep();
  expect(deeds()).toEqual(["sandbox.restarted done"]);
  expect(await engine.inspect(container.id)).toBeUndefined();
});

it("takes a container that was removed before it was looked at for nothing", async () => {
  const container = await make("removed");
  const { sweep, deeds } = upkeepOf(container);
  await real.podman(["rm", "--force", "--time", "0", container.id]);
  expect([await sweep(), await sweep(), await sweep(), deeds()]).toEqual([[], [], [], []]);
});

it("takes one that was removed between the look at it and what is done about it for nothing, and touches no other", async () => {
  const [container, other] = [await make("vanishing"), await make("bystander")];
  const remove = async (id: string): Promise<void> => void (await real.podman(["rm", "--force", "--time", "0", id]));
  const before = (act: (id: string) => Promise<void>) => async (id: string) => (await remove(id), act(id));
  const { sweep, deeds, findings } = upkeepOf(container, { ...engine, remove: before(engine.remove), kill: before(engine.kill) });
  process.kill(container.pid, "SIGSTOP");
  await sweep();
  expect(await sweep()).toEqual([expect.stringContaining("its first process was stopped by a signal")]);
  expect([await sweep(), deeds()]).toEqual([[], ["sandbox.restarted done"]]);
  const again = upkeepOf(await make("vanishing-too"), { ...engine, kill: before(engine.kill) });
  await again.hold();
  expect([again.deeds(), again.findings(), findings()]).toEqual([[], [], []]);
  expect(await engine.inspect(other.id)).toEqual(other);
});

it("names a sandbox in which ended processes pile up, until somebody collects them", async () => {
  const container = await make("zombies");
  const { sweep } = upkeepOf(container);
  // What a shell started stays its children when it becomes a program that never asks for them.
  await real.podman(["exec", "--detach", container.id, "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do true & done; exec sleep 601"]);
  await expect.poll(sweep, { timeout: 60_000 }).toEqual([expect.stringContaining("12 processes ended and were not collected")]);
  await real.podman(["exec", container.id, "sh", "-c", "for p in /proc/[0-9]*; do grep -qz ^601 $p/cmdline && kill -9 ${p#/proc/}; done; true"]);
  await expect.poll(sweep, { timeout: 60_000 }).toEqual([]);
});

it("counts what the kernel killed, refused and held back, and names a sandbox that keeps doing it", async () => {
  const container = await make("strained", "--memory", "64m", "--memory-swap", "64m", "--pids-limit", "20", "--cpus", "0.2");
  const { sweep } = upkeepOf(container);
  expect(readPressure(readKernelFile, container.pid)).toMatchObject({ oomKills: 0, pidsHits: 0 });
  expect(await sweep()).toEqual([]);
  for (const round of [1, 2]) {
    // The shell gives up when it can start nothing more.
    await real.podman(["exec", container.id, "sh", "-c", "tail /dev/zero; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22; do sleep 5 & done"]).catch(() => {});
    const { oomKills, pidsHits, throttled } = readPressure(readKernelFile, container.pid);
    expect([oomKills! >= round, pidsHits! >= 1, throttled! > 0]).toEqual([true, true, true]);
    await expect.poll(async () => engine.probe(container.id), { timeout: 60_000 }).toBe("alive");
    const findings = await sweep();
    expect(findings.some((each) => each.includes("for lack of memory"))).toBe(round === 2);
  }
});
