import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { execa } from "execa";
import { readKernelFile } from "../../src/edge/kernel.ts";
import { runProcess } from "../../src/edge/process.ts";
import type { HostFacts } from "../../src/flows/status.ts";
import { createFortress, type Fortress } from "../../src/fortress.ts";
import { commandSecrets } from "../../src/host/config-secrets.ts";
import { localEdges } from "../../src/host/edges.ts";
import { readLimits } from "../../src/limits/cgroup.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import type { Engine } from "../support/engine.ts";
import { countEngineCalls } from "../support/engine-calls.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { steady, timed } from "./statistics.ts";

export const CROWDS = [1, 10, 50, 100] as const;
const ROUNDS = 5;
const PIDS = 99;
/** By then an event is answered. */
const QUIET_MS = 1_000;

/** What it takes to watch so many sandboxes, to one plain `podman inspect` of the same containers. */
export interface WatchCost {
  readonly sandboxes: number;
  /** One ratio per round. */
  readonly sweep: readonly number[];
  readonly status: readonly number[];
  /** Milliseconds of `fortress.mjs status`, and of what it can't do without: an empty node process, one list and one look of the engine. */
  readonly command: readonly { readonly own: number; readonly least: number }[];
  /** Starts of the engine per sweep of sandboxes that are as they should be; the same in every round, or the first that differs. */
  readonly starts: readonly string[];
  /** How many had the limits of the configuration after one sweep, none having had them before. */
  readonly limited: number;
  /** Milliseconds from a limit that somebody changed to the limit as it should be, and of one plain `podman update` of the same container; for one sandbox only. */
  readonly corrected: readonly { readonly own: number; readonly plain: number }[];
}

/** Grows a crowd of sandboxes that nobody hardened, and watches it. */
export async function measureWatchCost(engine: Engine): Promise<WatchCost[]> {
  const image = await ensureSandboxImage(engine, { log: () => {} });
  const home = mkdtempSync("/home/fortress-bench-");
  const workspace = join(home, ".openclaw/workspace");
  mkdirSync(workspace, { recursive: true });
  // As every gateway has it.
  mkdirSync(join(home, ".openclaw/fortress"), { mode: 0o700 });
  writeFileSync(join(home, ".openclaw/openclaw.json"), JSON.stringify({ agents: { defaults: { workspace, sandbox: { mode: "all", backend: "podman" } } } }));
  const calls = await countEngineCalls("podman");
  Object.assign(process.env, engine.env, { PATH: `${calls.folder}:${process.env.PATH}` });
  const ids: string[] = [];
  try {
    const costs: WatchCost[] = [];
    for (const sandboxes of CROWDS) {
      while (ids.length < sandboxes) {
        const some = Array.from({ length: Math.min(5, sandboxes - ids.length) }, () => engine.podman(["run", "--detach", "--init", "--network", "none", "--label", "openclaw.sandbox=1", "--label", "openclaw.sessionKey=agent:main:main", "--volume", `${workspace}:/workspace`, image, "sleep", "infinity"]));
        ids.push(...(await Promise.all(some)));
      }
      costs.push(await measure(ids, home, workspace, calls.take));
    }
    return costs;
  } finally {
    if (ids.length > 0) await engine.podman(["rm", "--force", "--time", "0", ...ids]);
    await calls.remove();
    rmSync(home, { recursive: true, force: true });
  }
}

async function node(home: string, ...args: string[]): Promise<void> {
  // A status that finds something has another exit code; a command that can't run says why.
  const { stderr } = await execa(process.execPath, args, { env: { HOME: home }, reject: false });
  if (stderr !== "") throw new Error(stderr);
}

/** By the kernel, from the change and not from the start of what changes it. */
async function correct({ watch }: Fortress, host: HostFacts, id: string, pids: () => number | undefined): Promise<WatchCost["corrected"]> {
  const wanted = pids()!;
  const update = (limit: number): Promise<unknown> => runProcess("podman", ["update", "--pids-limit", String(limit), id], { deadlineMs: 60_000 });
  const until = async (limit: number): Promise<void> => {
    for (const deadline = performance.now() + 60_000; pids() !== limit; await wait(1)) if (performance.now() > deadline) throw new Error(`The limit never was ${limit}`);
  };
  const round = async (): Promise<{ own: number; plain: number }> => {
    const change = update(4_000);
    await until(4_000);
    const own = await timed(() => until(wanted));
    await change;
    await wait(QUIET_MS);
    const plain = await timed(() => update(wanted));
    await wait(QUIET_MS);
    return { own, plain };
  };
  watch.start(() => host);
  try {
    // Meanwhile the stream of events begins.
    await round();
    const rounds: { own: number; plain: number }[] = [];
    while (rounds.length < ROUNDS) rounds.push(await round());
    return rounds;
  } finally {
    watch.stop();
  }
}

async function measure(ids: readonly string[], home: string, workspace: string, taken: () => Promise<string[]>): Promise<WatchCost> {
  // An instance of its own each time, as after a change of the configuration.
  const fortress = createFortress({ limits: { memory: "128m", cpus: 0.5, pids: PIDS - ids.length % 7 } }, localEdges(home, join(home, ".openclaw"), commandSecrets({}, () => ({}))));
  const host: HostFacts = { engines: ["podman"], workspaces: [workspace], findings: [] };
  await fortress.reconcile.all(host);
  const { pids } = fortress.config().limits;
  const inspected = JSON.parse((await runProcess("podman", ["inspect", ...ids], { deadlineMs: 60_000 })).stdout) as { State: { Pid: number } }[];
  const limited = inspected.filter(({ State }) => readLimits(readKernelFile, State.Pid).pids === pids).length;
  const sweep: number[] = [];
  const status: number[] = [];
  const command: { own: number; least: number }[] = [];
  const starts: string[][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const plain = await timed(() => runProcess("podman", ["inspect", ...ids], { deadlineMs: 60_000 }));
    await taken();
    sweep.push((await timed(() => fortress.reconcile.all(host))) / plain);
    starts.push(await taken());
    status.push((await timed(() => fortress.status(() => host))) / plain);
    const empty = await timed(() => node(home, "-e", "0"));
    const list = await timed(() => runProcess("podman", ["ps", "-a", "-q"], { deadlineMs: 60_000 }));
    command.push({ own: await timed(() => node(home, join(PLUGIN_DIR, "bin/fortress.mjs"), "status")), least: empty + list + plain });
  }
  const corrected = ids.length === 1 ? await correct(fortress, host, ids[0]!, () => readLimits(readKernelFile, inspected[0]!.State.Pid).pids) : [];
  return { sandboxes: ids.length, corrected, sweep, status, command, starts: steady(starts), limited };
}
