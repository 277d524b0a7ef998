import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import { addBackup } from "../../src/cli/backup.ts";
import type { CliContext } from "../../src/cli/command.ts";
import type { Clock } from "../../src/edge/clock.ts";
import { backupStore } from "../../src/edge/backup-store.ts";
import type { Backups } from "../../src/flows/backup.ts";
import { setsDirectory } from "../../src/flows/backup.ts";
import { createBackupSchedule } from "../../src/flows/backup-schedule.ts";
import type { BackupJob } from "../../src/flows/backup-job.ts";
import type { HostFacts } from "../../src/flows/status.ts";
import { backupWords } from "../../src/host/backup-words.ts";
import { backupEdge } from "../../src/host/backup-edges.ts";
import { FortressError } from "../../src/model/errors.ts";
import type { BackupState } from "../../src/model/backup.ts";
import type { Container } from "../../src/model/sandbox.ts";
import { noBackups } from "../fixtures/backup.ts";
import { container } from "../fixtures/container.ts";
import { fakeEngine } from "../fixtures/engine.ts";
import { rejectionOf } from "../fixtures/errors.ts";
import { secretWorld } from "../fixtures/world.ts";

// Most tests start several processes, each of which compiles the sources as it loads them.
vi.setConfig({ testTimeout: 120_000 });

/** With processes of their own, as in use. */
function world(backups: Record<string, unknown> = {}) {
  const made = secretWorld("", {}, { backup: { ...backupEdge(join(import.meta.dirname, "../../src")), endpoint: () => ({ port: 1, tls: false }) } }, { backups: { workspaces: "1m", ...backups } });
  made.home.write(".openclaw/openclaw.json", "{}");
  return { ...made, sets: setsDirectory(join(made.home.dir, ".local/state/openclaw-backups"), made.home.stateDir) };
}

const HOST: HostFacts = { engines: [], workspaces: [], findings: [] };

/** A world in which a job is only looked at. */
function watched(config: Record<string, unknown> = {}, facts: Partial<HostFacts> = {}) {
  const jobs: BackupJob[] = [];
  const run = vi.fn(async (_: string, __: readonly string[], { input, line }: { input: string; line: (text: string) => void }) => {
    jobs.push(JSON.parse(input) as BackupJob);
    line(JSON.stringify({ result: [] }));
    return { code: 0, stderr: "", timedOut: false, missing: false };
  });
  const made = secretWorld("", {}, { backup: { ...noBackups, runner: { run, command: ["worker"] } } }, config);
  return { ...made, host: () => ({ ...HOST, workspaces: [made.home.workspace], ...facts }), jobs, run };
}

it("is made, listed, verified, drilled, restored and told of, each by a process of its own", async () => {
  const { fortress, host, home, sets } = world();
  const phases: string[] = [];
  const { set } = await fortress.backup.create(host, "test", { progress: ({ phase }) => phases.push(phase) });
  expect(set.status).toBe("verified");
  expect(new Set(phases)).toEqual(new Set(["files", "reading back"]));
  expect(readdirSync(join(sets, "sets"))).toEqual([set.id]);
  expect((await fortress.backup.list(host)).map(({ id }) => id)).toEqual([set.id]);
  expect(await fortress.backup.verify(host, undefined)).toMatchObject({ damage: [] });
  expect(await fortress.backup.drill(host)).toMatchObject({ outcome: "passed" });
  expect(await fortress.backup.restore(host, { to: home.path("restored") })).toMatchObject({ set: set.id });
  expect(await fortress.backup.prune(host, { dryRun: true })).toMatchObject({ removed: [], decisions: [{ id: set.id, keep: true }] });
  const report = await fortress.status(host);
  expect(report.backup).toMatchObject({ enabled: true, directory: sets, lastSuccess: set.createdAt, lastDrill: { outcome: "passed" }, older: 0 });
  expect(report.backup?.latest).toEqual([{ set: set.id, at: set.createdAt, outcome: "verified", bytes: set.bytes, files: set.files, databases: set.databases, tookMs: set.tookMs, encrypted: false, kept: expect.arrayContaining(["one of the newest"]) as string[] }]);
  expect(report.timeline).toMatchObject({ deeds: [{ action: "backup.restored" }, { action: "backup.drilled", outcome: "done" }, { action: "backup.created" }], older: 0 });
  expect((await fortress.ledger.read()).records.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual(["backup.created done", "backup.drilled done", "backup.restored done"]);
  rmSync(join(sets, "sets"), { recursive: true });
  expect((await fortress.status(host)).backup).not.toHaveProperty("lastSuccess");
  expect((await fortress.status(host)).backup?.latest).toEqual([]);
});

it("takes the sandboxes away that would still show what lies aside after a restore into place", async () => {
  const removed: string[] = [];
  const own = (home: string) => container({ labels: { "openclaw.sandbox": "1" }, binds: [{ source: `${home}/.openclaw/workspace`, target: "/workspace", mode: "rw" }] as never });
  const run = async (_: string, __: readonly string[], { line }: { line: (text: string) => void }) => {
    line(JSON.stringify({ result: { set: "x", to: "/x", notes: ["one"], aside: [] } }));
    return { code: 0, stderr: "", timedOut: false, missing: false };
  };
  let containers: Container[] = [];
  const made = secretWorld("", {}, { backup: { ...noBackups, runner: { run, command: ["worker"] } }, engine: () => fakeEngine({ sandboxes: async () => containers, remove: async (id) => (removed.push(id), id.startsWith("d") ? Promise.reject(new Error("stuck")) : undefined) }) });
  containers = [own(made.home.dir), { ...own(made.home.dir), id: "d".repeat(64), name: "stuck" }, { ...own("/home/other"), id: "e".repeat(64) }];
  expect((await made.fortress.backup.restore(made.host, { to: "/x" })).notes).toEqual(["one"]);
  expect((await made.fortress.backup.restore(made.host, { intoPlace: true, only: "x" })).notes).toEqual(["one"]);
  expect(removed).toEqual([]);
  expect((await made.fortress.backup.restore(made.host, { intoPlace: true })).notes).toEqual([expect.stringMatching(/stuck\. Run: openclaw sandbox recreate --all/), "one"]);
  expect(removed).toEqual(["c".repeat(64), "d".repeat(64)]);
});

it("says in the status that it could not be made, where nothing can be written down, too", async () => {
  const { fortress, host, sets } = world();
  mkdirSync(sets, { recursive: true });
  chmodSync(sets, 0o755);
  expect(await rejectionOf(fortress.backup.create(host, "test"))).toMatchObject({ code: "backup-refused", remedy: `chmod 700 ${sets}` });
  expect(await fortress.status(host)).toMatchObject({ findings: expect.arrayContaining([expect.objectContaining({ id: "backup.failed", remedy: `chmod 700 ${sets}` })]) as unknown, backup: { latest: [{ outcome: "failed" }] } });
  chmodSync(sets, 0o700);
  // By another process, as a command is beside the gateway.
  backupStore(sets).writeState({ run: { at: new Date(Date.now() + 1_000).toISOString(), outcome: "verified" } });
  expect((await fortress.status(host)).findings.map(({ id }) => id)).not.toContain("backup.failed");
  rmSync(join(sets, "state.json"));
  expect((await fortress.status(host)).findings.map(({ id }) => id)).toContain("backup.failed");
  await fortress.backup.create(host, "test");
  expect((await fortress.status(host)).findings.map(({ id }) => id)).not.toContain("backup.failed");
});

describe("what the process is told", () => {
  it("is where sandboxes write, and what they may see", async () => {
    const { fortress, host, jobs, home } = watched({ mounts: { add: [{ source: "/srv/ro", purpose: "data" }, { source: "/srv/rw", mode: "rw", purpose: "results" }] } }, { binds: [{ path: "/srv/bind", writable: true }, { path: "/srv/bind-ro", writable: false }], agentDirs: ["/srv/agent"], sandboxRoots: ["/srv/boxes"] });
    await fortress.backup.list(host);
    expect(jobs[0]).toMatchObject({ kind: "list", stateDir: home.stateDir, agentDirs: ["/srv/agent"], foreign: false, recipients: [], deadlineMs: 3_600_000 });
    expect(jobs[0]!.writable).toEqual([home.workspace, "/srv/boxes", "/srv/rw", "/srv/bind"]);
    expect(jobs[0]!.mounted.map(({ path }) => path)).toEqual([home.workspace, "/srv/boxes", "/srv/ro", "/srv/rw", "/srv/bind", "/srv/bind-ro"]);
  });

  it("is not that everything is writable, where a bind covers the whole state directory", async () => {
    const { fortress, host, jobs, home } = watched({}, {});
    await fortress.backup.list(() => ({ ...host(), binds: [{ path: home.stateDir, writable: true }, { path: home.dir, writable: true }] }));
    expect(jobs[0]!.writable).toEqual([home.workspace]);
    expect(jobs[0]!.mounted.map(({ path }) => path)).toEqual([home.workspace]);
  });

  it("holds no secret", async () => {
    const { fortress, host, jobs } = watched();
    await fortress.backup.list(host);
    expect(Object.keys(jobs[0]!).toSorted()).toEqual(["agentDirs", "busyMs", "configFile", "deadlineMs", "directory", "foreign", "includeRoots", "keep", "kind", "mounted", "recipients", "stateDir", "waitMs", "workspaceBytes", "writable"]);
  });
});

it("says what a process that crashed said last, or that it is not there", async () => {
  const { fortress, host, run } = watched();
  run.mockResolvedValueOnce({ code: 134, stderr: "out of memory", timedOut: false, missing: false });
  expect(await rejectionOf(fortress.backup.list(host))).toMatchObject({ code: "backup-failed", message: expect.stringContaining("134: out of memory") as string });
  run.mockResolvedValueOnce({ code: 0, stderr: "", timedOut: true, missing: false });
  expect((await rejectionOf(fortress.backup.list(host))).message).toContain("in time");
});

it("keeps sandboxes away from where backups lie", async () => {
  const { fortress, home, host } = watched();
  void host;
  const request = { engine: "podman", workspace: { access: "rw", dir: home.workspace, agentDir: home.workspace, skillsDir: undefined }, workdir: "/workspace", operatorBinds: [`${home.path(".local")}:/x:ro`], browserBinds: undefined, externalBindsAllowed: true, reservedTargetsAllowed: false, storage: [], soleAgent: true, agentId: "main", nativeLimits: {} } as const;
  home.mkdir(".local/state/openclaw-backups");
  expect(() => fortress.plan(request)).toThrow(/backups of the gateway's state/);
});

describe("the daily run", () => {
  const HOUR_MS = 3_600_000;

  function schedule(create: () => Promise<unknown> = async () => ({ set: { id: "x", status: "verified" } }), config: Record<string, unknown> = {}) {
    let now = 0;
    let wall = new Date(2026, 10, 28, 12).getTime();
    let state: BackupState = {};
    const timers: { due: number; action: () => void }[] = [];
    const clock: Clock = {
      now: () => now,
      after(ms, action) {
        const timer = { due: now + ms, action };
        timers.push(timer);
        return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
      },
    };
    const made = vi.fn(async (_host: unknown, _because: string, _options: { signal?: AbortSignal }) => {
      state = { run: { at: new Date(wall).toISOString(), outcome: "verified" } };
      return create();
    });
    const log = { info: vi.fn(), error: vi.fn() };
    const core = { resolve: () => ({ config: { backups: { enabled: true, hour: 3, startMinutes: 10, ...config } } }) };
    const plan = createBackupSchedule(core as unknown as Parameters<typeof createBackupSchedule>[0], { create: made, state: () => state } as unknown as Backups, clock, () => new Date(wall));
    const pass = async (ms: number, wallMs = ms): Promise<void> => {
      const end = now + ms;
      wall += wallMs - ms;
      for (let next = timers.toSorted((left, right) => left.due - right.due)[0]; next && next.due <= end; next = timers.toSorted((left, right) => left.due - right.due)[0]) {
        wall += next.due - now;
        now = next.due;
        timers.splice(timers.indexOf(next), 1);
        next.action();
        await new Promise((resolve) => setImmediate(resolve));
      }
      wall += end - now;
      now = end;
    };
    return { plan, made, log, pass, timers };
  }

  it("comes once a day, the first one not before the gateway has started", async () => {
    const { plan, made, log, pass } = schedule();
    plan.start(() => HOST, log);
    await pass(9 * 60_000);
    expect(made).not.toHaveBeenCalled();
    await pass(2 * 60_000);
    expect(made).toHaveBeenCalledTimes(1);
    await pass(14 * HOUR_MS);
    expect(made).toHaveBeenCalledTimes(1);
    await pass(2 * HOUR_MS);
    expect(made).toHaveBeenCalledTimes(2);
    await pass(3 * 24 * HOUR_MS);
    expect(made).toHaveBeenCalledTimes(5);
    expect(log.error).not.toHaveBeenCalled();
  });

  it("comes once when the clock jumps over a month, and not never when it jumps back", async () => {
    const { plan, made, log, pass } = schedule();
    plan.start(() => HOST, log);
    await pass(HOUR_MS);
    await pass(HOUR_MS, 30 * 24 * HOUR_MS);
    expect(made).toHaveBeenCalledTimes(1);
    await pass(12 * HOUR_MS);
    expect(made).toHaveBeenCalledTimes(2);
    await pass(HOUR_MS, -60 * 24 * HOUR_MS);
    await pass(25 * HOUR_MS);
    expect(made.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(made.mock.calls.length).toBeLessThanOrEqual(5);
  });

  it("rejects nothing that nobody takes: OpenClaw would end the gateway", async () => {
    const { plan, log, pass, timers } = schedule(() => Promise.reject(new Error("no space")));
    plan.start(() => HOST, log);
    await pass(HOUR_MS);
    expect(log.error).toHaveBeenCalledWith("no space");
    expect(timers).toHaveLength(1);
  });

  it("ends with the gateway, cleanly", async () => {
    let aborted = false;
    const { plan, made, log, pass, timers } = schedule();
    made.mockImplementationOnce((_host, _because, { signal }) => new Promise((_, reject) => signal!.addEventListener("abort", () => ((aborted = true), reject(new FortressError("backup-failed", "it was cancelled.", "x"))))));
    plan.start(() => HOST, log);
    await pass(HOUR_MS);
    plan.stop();
    await pass(HOUR_MS);
    expect([aborted, timers.length, log.error.mock.calls]).toEqual([true, 0, []]);
  });

  it("does not come where it is switched off", async () => {
    const { plan, made, log, pass } = schedule(undefined, { enabled: false });
    plan.start(() => HOST, log);
    await pass(72 * HOUR_MS);
    expect(made).not.toHaveBeenCalled();
  });
});

describe("the command", () => {
  async function command({ fortress, host }: Pick<ReturnType<typeof world>, "fortress" | "host">, ...args: string[]) {
    const printed = { out: "", err: "" };
    const exit = vi.fn<CliContext["exit"]>();
    const program = new Command().exitOverride();
    addBackup(program, { fortress, hostFacts: host, health: vi.fn(), service: vi.fn(), notify: vi.fn(), notifyRoutes: vi.fn(), terminal: { out: (text) => void (printed.out += text), err: (text) => void (printed.err += text), interactive: args.includes("create") }, exit });
    await program.parseAsync(["node", "openclaw", "backup", ...args]);
    return { ...printed, code: exit.mock.lastCall![0] };
  }

  it("makes, shows, verifies and restores, with progress on a terminal and JSON on demand", async () => {
    const made = world();
    const created = await command(made, "create");
    expect(created).toMatchObject({ code: 0, out: expect.stringMatching(/^Verified: 000001-/) as string, err: expect.stringContaining("] reading back: 0 of ") as string });
    expect(created.err.endsWith("\r")).toBe(true);
    const { out } = await command(made, "list", "--json");
    const [{ id }] = JSON.parse(out) as [{ id: string }];
    expect(await command(made, "verify", id)).toMatchObject({ code: 0, out: expect.stringContaining("holds") as string });
    expect(await command(made, "restore", "--drill")).toMatchObject({ code: 0, out: expect.stringContaining("The drill passed") as string });
    expect(await command(made, "restore", id, "--to", made.home.path("r"))).toMatchObject({ code: 0, out: expect.stringContaining(`to ${made.home.path("r")}`) as string });
    expect(await command(made, "prune", "--dry-run")).toMatchObject({ code: 0, out: expect.stringContaining("keep   000001-") as string });
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("asks its process to end at %s, waits for what it says, and leaves no handler behind", async (signal) => {
    const made = watched();
    const before = process.listenerCount(signal);
    made.run.mockImplementation((async (_: string, __: readonly string[], options: { signal: AbortSignal }) => {
      process.emit(signal);
      return { code: options.signal.aborted ? undefined : 0, stderr: "", timedOut: false, missing: false };
    }) as never);
    // Vitest has handlers of its own.
    const others = process.listeners(signal);
    for (const other of others) process.off(signal, other);
    const ended = await command(made, "restore", "--to", made.home.path("r"));
    for (const other of others) process.on(signal, other);
    expect(ended).toMatchObject({ code: 2, err: expect.stringContaining("it was cancelled") as string });
    expect(process.listenerCount(signal)).toBe(before);
  });

  it("says what is missing, and fails", async () => {
    const made = world();
    made.home.write(".openclaw/state/x.sqlite", "no database");
    expect(await command(made, "create")).toMatchObject({ code: 1, out: expect.stringMatching(/^DEGRADED[^]*✗ state\/x\.sqlite: damaged/) as string });
    expect(await command(made, "verify", "000001-x")).toMatchObject({ code: 2, err: expect.stringContaining("is no backup") as string });
  });

  it.each([["restore"], ["restore", "--to", "/x", "--drill"], ["restore", "--drill", "--only", "x"]])("refuses %s %s %s", async (...args) => {
    expect(await command(world(), ...args.filter((each) => each !== undefined))).toMatchObject({ code: 2 });
  });
});

it("answers owners in chat", async () => {
  const { fortress, host } = world();
  const words = backupWords(fortress, host);
  expect(await words.backups()).toContain("No backup is there yet");
  expect(await words.backup("create")).toMatch(/^Verified: 000001-/);
  expect(await words.backup("drill")).toMatch(/^The drill passed/);
  expect(await words.backups()).toMatch(/^000001-\S+ {2}verified/);
});

it("tells a state file that somebody broke from none", () => {
  const { home } = watched();
  home.write("sets/state.json", "{ broken");
  expect(backupStore(home.path("sets")).state()).toEqual({ damaged: true });
  expect(backupStore(home.path("elsewhere")).state()).toEqual({});
});
