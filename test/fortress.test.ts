import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { createStoreEdge } from "../src/edge/files.ts";
import { createFolders } from "../src/edge/folders.ts";
import { createLedger } from "../src/edge/ledger.ts";
import { createLockdownFile } from "../src/edge/lockdown.ts";
import { createQuarantineFile } from "../src/edge/quarantine.ts";
import { privateFiles } from "../src/edge/private-files.ts";
import { createTreeWalker } from "../src/edge/tree.ts";
import type { SandboxPlan } from "../src/flows/core.ts";
import type { ExecRequest } from "../src/flows/exec.ts";
import type { HostFacts } from "../src/flows/status.ts";
import { createFortress, type Fortress } from "../src/fortress.ts";
import type { Container, KernelMount, Limits } from "../src/model/sandbox.ts";
import { noBackups } from "./fixtures/backup.ts";
import { container, LIMITS } from "./fixtures/container.ts";
import { emptyDisk, idleMaintenance, stillWatch } from "./fixtures/watch.ts";
import { fakeEngine } from "./fixtures/engine.ts";
import { errorOf, rejectionOf } from "./fixtures/errors.ts";
import { createHome, type Home, REQUESTED } from "./fixtures/home.ts";
import { cgroup, kernel, kernelMount } from "./fixtures/kernel.ts";
import { isolationEdge } from "./fixtures/isolation.ts";
import { CLOSED_PROCESS, postureEdge } from "./fixtures/posture.ts";

const NAME = "openclaw-sbx-main";
const HOST: HostFacts = { engines: ["podman"], workspaces: [], findings: [] };
const EXEC = { argv: ["podman", "exec", "id", "/bin/sh", "-lc", "ls"], env: {}, feed: vi.fn<ExecRequest["feed"]>() };

interface World {
  readonly home: Home;
  readonly fortress: Fortress;
  readonly container: Container;
  /** Changes while a test runs. */
  readonly state: { tasks: number; limits: Limits; files: Set<string>; engineDown: boolean; mounts: KernelMount[]; removed: string[] };
  plan(): SandboxPlan;
}

/** Fortress over a real home directory and one container of a fake engine. */
function setUp(config: unknown = {}): World {
  const home = createHome();
  home.mkdir(".openclaw/logs");
  home.write(".config/openclaw-secrets/secrets.env", "ALPHA=canary-1\nBETA=canary-2\n");
  chmodSync(home.secretsDir, 0o700);
  chmodSync(join(home.secretsDir, "secrets.env"), 0o600);
  const state: World["state"] = { tasks: 2, limits: { ...LIMITS, pids: 9_999 }, files: new Set(), engineDown: false, mounts: [kernelMount("/workspace", "rw", home.workspace)], removed: [] };
  const one = container({
    name: NAME,
    labels: { "openclaw.sessionKey": "agent:main:main" },
    binds: [{ source: home.workspace, target: "/workspace", mode: "rw" }],
    staticDir: "/storage/overlay-containers/c/userdata",
  });
  const answer = async <T>(value: T): Promise<T> => {
    if (state.engineDown) throw new Error("podman is down");
    return value;
  };
  // Its kernel is too small to pass the checks.
  const fortress = createFortress(typeof config === "object" ? { attestation: { mode: "audit" }, ...config } : config, {
    home: home.dir,
    stateDir: home.stateDir,
    engine: () => fakeEngine({
      inspect: () => answer(one),
      sandboxes: () => answer([one, container({ name: "other-gateway", binds: [{ source: "/srv", target: "/srv", mode: "rw" }] })]),
      update: (_, limits) => answer(void (state.limits = limits)),
      storage: () => answer([]),
      remove: (id) => answer(void state.removed.push(id)),
    }),
    layout: home.facts().layout,
    machine: { cpus: 64, memory: 2 ** 40 },
    storeEdge: createStoreEdge(process.getuid?.() ?? 0),
    secrets: { surroundings: () => ({ inGateway: true, environment: {}, plaintext: [] }), agents: () => ["main", "ops"], onNew: () => {} },
    privateFiles,
    scan: { walker: createTreeWalker, describe: { container: () => answer(""), image: () => answer("") }, now: () => performance.now() },
    readKernel: (path) =>
      kernel({
        ...CLOSED_PROCESS,
        "/proc/4711/cgroup": "0::/c\n",
        "/sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
        ...cgroup("/sys/fs/cgroup/c", { "memory.max": String(state.limits.memory), "memory.swap.max": "0", "cpu.max": `${state.limits.cpus * 1e5} 100000`, "pids.max": String(state.limits.pids), "pids.current": String(state.tasks) }),
      })(path),
    processIdentity: (pid) => (pid === 4711 ? "1" : undefined),
    isVisible: ({ pid }) => pid === 4711,
    readMounts: (pid) => (pid === "self" ? [kernelMount("/", "rw")] : state.mounts),
    exists: (path) => state.files.has(path),
    configFile: join(home.stateDir, "openclaw.json"),
    guarded: [],
    folders: createFolders(join(home.stateDir, "fortress")),
    posture: postureEdge(),
    ledger: createLedger(join(home.stateDir, "fortress"), Date.now),
    isolation: isolationEdge(),
    watch: stillWatch,
    disk: emptyDisk,
    maintenance: idleMaintenance,
    backup: noBackups,
    lockdown: createLockdownFile(join(home.stateDir, "fortress")),
    quarantine: createQuarantineFile(join(home.stateDir, "fortress")),
  });
  const plan = (): SandboxPlan =>
    fortress.plan({ ...REQUESTED, agentId: "main", nativeLimits: {}, workspace: home.facts().workspace });
  return { home, fortress, container: one, state, plan };
}

describe("a wrong configuration", () => {
  it("refuses each sandbox and is the status, but fails nothing at the start", async () => {
    const { fortress, plan } = setUp({ limits: { memory: "8gb" } });
    expect(errorOf(plan).code).toBe("config-invalid");
    expect(await fortress.status(() => HOST)).toMatchObject({ verdict: "exposed", findings: [{ id: "fortress.refusing", severity: "critical", detail: expect.stringContaining("limits.memory") as string }] });
  });
});

describe("an unsafe secrets file", () => {
  it("refuses each sandbox, each exec, and is the status", async () => {
    const { fortress, container: { id }, home, plan } = setUp();
    const before = plan();
    chmodSync(join(home.secretsDir, "secrets.env"), 0o644);
    expect(errorOf(plan).code).toBe("secrets-store-unsafe");
    expect((await rejectionOf(fortress.exec("podman", id, before, "main", EXEC))).code).toBe("secrets-store-unsafe");
    expect((await fortress.status(() => HOST)).verdict).toBe("exposed");
  });
});

describe("the grants in the status", () => {
  it.each([
    [{}, [{ agentId: "main", secrets: ["ALPHA", "BETA"] }, { agentId: "ops", secrets: ["ALPHA", "BETA"] }]],
    [{ secrets: { grants: { main: ["ALPHA"] } } }, [{ agentId: "main", secrets: ["ALPHA"] }, { agentId: "ops", secrets: [] }]],
  ])("with %j are those of every agent, while none has a sandbox", async (config, grants) => {
    const { fortress } = setUp(config);
    const report = await fortress.status(() => ({ ...HOST, engines: [] }));
    expect(report).toMatchObject({ sandboxes: [], grants });
    expect(JSON.stringify(report)).not.toContain("canary");
  });
});

describe("an exec", () => {
  it.each([
    [{}, ["ALPHA", "BETA"]],
    [{ secrets: { grants: { main: ["ALPHA"] } } }, ["ALPHA"]],
    [{ secrets: { grants: { ops: ["*"] } } }, []],
  ])("with %j gets what its agent is granted", async (config, names) => {
    const { fortress, container: { id }, plan } = setUp(config);
    const { argv, env } = await fortress.exec("podman", id, plan(), "main", EXEC);
    expect(argv).toEqual(["podman", "exec", ...names.flatMap((name) => ["-e", name]), "id", "/bin/sh", "-lc", "ls"]);
    expect(Object.keys(env)).toEqual(names);
  });

  it("gets a changed key at once", async () => {
    const { fortress, container: { id }, home, plan } = setUp();
    await fortress.exec("podman", id, plan(), "main", EXEC);
    writeFileSync(join(home.secretsDir, "secrets.env"), "ALPHA=rotated\n");
    expect((await fortress.exec("podman", id, plan(), "main", EXEC)).env).toEqual({ ALPHA: "rotated" });
  });

  it("has its limits brought back when they were loosened", async () => {
    const { fortress, container: { id }, state, plan } = setUp();
    await fortress.admit("podman", NAME, plan(), 0);
    state.limits = { ...LIMITS, memory: 2 * LIMITS.memory };
    await fortress.exec("podman", id, plan(), "main", EXEC);
    expect(state.limits).toEqual(LIMITS);
  });

  it("is refused where the kernel shows something critical, or does not show it, unless that is only to be told", async () => {
    const at = async (mode: string): Promise<unknown> => {
      const { fortress, container: { id }, plan } = setUp({ attestation: { mode } });
      return fortress.exec("podman", id, plan(), "main", EXEC).then(() => "ran", ({ code }: { code: string }) => code);
    };
    expect([await at("enforce"), await at("audit")]).toEqual(["not-attested", "ran"]);
  });

  it("is refused secrets that Podman would keep on disk, and only those", async () => {
    const { fortress, container: { id }, state, plan } = setUp({ secrets: { delivery: "env", grants: { main: ["*"] } } });
    state.files.add("/storage/libpod/bolt_state.db");
    expect((await rejectionOf(fortress.exec("podman", id, plan(), "main", EXEC))).code).toBe("secrets-persisted-by-engine");
    expect((await fortress.exec("podman", id, plan(), "ops", EXEC)).env).toEqual({});
  });
});

describe("an exec on an engine that keeps environments on disk", () => {
  const BOLT = "/storage/libpod/bolt_state.db";
  const TMPFS = kernelMount("/dev/shm", "rw", "/", { fsType: "tmpfs" });
  const feed = vi.fn<ExecRequest["feed"]>();
  const request = { argv: ["podman", "exec", "-i", "id", "/bin/sh", "-lc", "ls"], env: { HOST: "1" }, feed };

  async function prepare(config: unknown = {}) {
    feed.mockReset();
    const world = setUp(config);
    world.state.files.add(BOLT);
    world.state.mounts.push(TMPFS);
    const exec = world.fortress.exec("podman", world.container.id, world.plan(), "main", request);
    return { ...world, exec };
  }

  it.each(["auto", "stdin"])("with delivery %s gets its keys by standard input, and nothing in argv or environment", async (delivery) => {
    const { exec } = await prepare({ secrets: { delivery } });
    const { argv, env } = await exec;
    const [script, [file], text] = feed.mock.lastCall!;
    expect(feed).toHaveBeenCalledTimes(1);
    expect(file).toMatch(/^\/dev\/shm\/\.fortress-[0-9a-f]{32}$/);
    expect(script).not.toContain("canary");
    expect(text).toBe("export ALPHA='canary-1'\nexport BETA='canary-2'\n");
    expect(env).toEqual({ HOST: "1" });
    expect(argv.slice(0, -1)).toEqual(request.argv.slice(0, -1));
    expect(argv.at(-1)).toMatch(new RegExp(`^exec 9<${file} .*\nls$`, "s"));
    expect(argv.join()).not.toContain("canary");
  });

  it("uses another file each time", async () => {
    const { exec, fortress, container: { id }, plan } = await prepare();
    await exec;
    await fortress.exec("podman", id, plan(), "main", request);
    expect(feed.mock.calls[0]![1]).not.toEqual(feed.mock.calls[1]![1]);
  });

  it("takes away what a command that never began left, and makes no call when there is nothing", async () => {
    const { exec, state } = await prepare();
    const { cleanUp } = await exec;
    await cleanUp!();
    expect(feed).toHaveBeenCalledTimes(1);
    const file = feed.mock.lastCall![1][0]!;
    state.files.add(`/proc/4711/root${file}`);
    await cleanUp!();
    expect(feed.mock.lastCall).toEqual(['rm -f "$1"', [file], ""]);
  });

  it("is refused where there is no memory to hand them over in, or the form of the call is another", async () => {
    const { exec, state, fortress, container: { id }, plan } = await prepare();
    await exec;
    feed.mockClear();
    expect((await rejectionOf(fortress.exec("podman", id, plan(), "main", { ...request, argv: ["podman", "exec", "id", "ls"] }))).code).toBe("host-seam-changed");
    state.mounts.pop();
    expect((await rejectionOf(fortress.exec("podman", id, plan(), "main", request))).code).toBe("secrets-not-deliverable");
    expect(feed).not.toHaveBeenCalled();
  });

  it("hands nothing over to an agent that has no secrets", async () => {
    const { exec } = await prepare({ secrets: { grants: { ops: ["*"] } } });
    expect((await exec).cleanUp).toBeUndefined();
    expect(feed).not.toHaveBeenCalled();
  });

  it("is a finding", async () => {
    const { exec, fortress } = await prepare();
    await exec;
    expect((await fortress.status(() => HOST)).findings).toContainEqual(expect.objectContaining({ id: "secrets.engine-persists", severity: "warn" }));
  });
});

describe("a busy sandbox", () => {
  it("keeps its mounts for the same request only, and only while a command runs", async () => {
    const { fortress, home, state, plan } = setUp();
    const first = plan();
    expect(fortress.busyWith("podman", NAME, first)).toBeUndefined();
    await fortress.admit("podman", NAME, first, 0);
    home.mkdir(".openclaw/cron");
    const second = plan();
    expect(second.mounts.binds).not.toEqual(first.mounts.binds);
    expect(fortress.busyWith("podman", NAME, second)).toBeUndefined();
    state.tasks = 3;
    const kept = fortress.busyWith("podman", NAME, second);
    expect(kept).toEqual({ ...first.mounts, findings: [expect.objectContaining({ id: "mounts.pending", remedy: expect.stringContaining("openclaw sandbox recreate --agent main") as string })] });
    await fortress.admit("podman", NAME, { ...second, mounts: kept! }, 0);
    expect(fortress.busyWith("podman", NAME, second)?.findings).toHaveLength(1);
    expect((await fortress.status(() => HOST)).findings).toMatchObject([{ id: "mounts.pending" }]);
    expect(fortress.busyWith("podman", NAME, { ...second, request: { ...second.request, agentId: "ops" } })).toBeUndefined();
  });
});

describe("the redacted configuration", () => {
  const shown = (home: Home): unknown => JSON.parse(readFileSync(join(home.stateDir, "fortress/mounts/agents/main/openclaw.json"), "utf8"));
  const configure = (home: Home, config: unknown): void => writeFileSync(join(home.stateDir, "openclaw.json"), JSON.stringify(config));

  it("is there before the sandbox, with every mountpoint below it, and follows the configuration before the next exec", async () => {
    const { fortress, home, container: { id }, plan } = setUp();
    configure(home, { gateway: { port: 1, auth: { token: "hunter2" } } });
    const first = plan();
    fortress.furnish(first.mounts.own);
    expect(shown(home)).toEqual({ gateway: { port: 1, auth: { token: "[redacted]" } } });
    expect(first.mounts.binds.filter((bind) => bind.includes(`:${home.stateDir}/`)).length).toBeGreaterThan(1);
    for (const target of ["logs", "workspace", "workspace/.openclaw"]) {
      expect(existsSync(join(home.stateDir, "fortress/mounts/agents/main", target)), target).toBe(true);
    }
    configure(home, { gateway: { port: 2 } });
    await fortress.exec("podman", id, first, "main", EXEC);
    expect(shown(home)).toEqual({ gateway: { port: 2 } });
    configure(home, { gateway: { port: 30 } });
    fortress.refresh();
    expect(shown(home)).toEqual({ gateway: { port: 30 } });
    rmSync(join(home.stateDir, "openclaw.json"));
    fortress.refresh();
    expect(shown(home)).toEqual({});
  });

  it("is written again only where something changed", () => {
    const { fortress, home, plan } = setUp();
    configure(home, {});
    fortress.furnish(plan().mounts.own);
    const file = join(home.stateDir, "fortress/mounts/agents/main/openclaw.json");
    const { ctimeMs, ino } = statSync(file);
    fortress.furnish(plan().mounts.own);
    fortress.refresh();
    expect(statSync(file)).toMatchObject({ ctimeMs, ino });
    rmSync(file);
    fortress.refresh();
    expect(shown(home)).toEqual({});
  });

  it("follows the configuration in sandboxes that are older than this gateway, too", () => {
    const { fortress, home } = setUp();
    home.write(".openclaw/fortress/mounts/agents/main/openclaw.json", "old");
    home.write(".openclaw/fortress/mounts/shared/openclaw.json", "old");
    configure(home, { agents: { entries: { main: {} } } });
    fortress.refresh();
    expect(shown(home)).toEqual({ agents: { entries: { main: {} } } });
    expect(JSON.parse(readFileSync(join(home.stateDir, "fortress/mounts/shared/openclaw.json"), "utf8"))).toEqual({ agents: { entries: {} } });
  });

  it("refuses the sandbox and the exec when it cannot be written", async () => {
    const { fortress, home, container: { id }, plan } = setUp();
    const before = plan();
    home.write(".openclaw/fortress/mounts", "a file in place of the folder");
    expect(errorOf(() => fortress.furnish(before.mounts.own))).toMatchObject({ code: "projection-failed", remedy: expect.stringContaining("state directory") as string });
    home.remove(join(home.stateDir, "fortress/mounts"));
    fortress.furnish(before.mounts.own);
    home.remove(join(home.stateDir, "fortress/mounts/agents/main/openclaw.json"));
    home.mkdir(".openclaw/fortress/mounts/agents/main/openclaw.json/x");
    expect((await rejectionOf(fortress.exec("podman", id, before, "main", EXEC))).code).toBe("projection-failed");
  });
});

describe("a sandbox that came to see something else than planned", () => {
  it("is removed before its first exec", async () => {
    const { fortress, home, state, container: { id }, plan } = setUp();
    home.mkdir(".openclaw/credentials");
    const before = plan();
    state.mounts = [kernelMount("/workspace", "rw", join(home.stateDir, "credentials"))];
    const error = await rejectionOf(fortress.admit("podman", NAME, before, 0));
    expect(error).toMatchObject({ code: "mount-refused", message: expect.stringMatching(/was removed: \/workspace .*channel tokens/) as string });
    expect(state.removed).toEqual([id]);
  });
});

describe("the status", () => {
  it("is hardened when everything holds, and shows this gateway's sandboxes with names of secrets only", async () => {
    const { fortress, plan } = setUp();
    await fortress.admit("podman", NAME, plan(), 0);
    const report = await fortress.status(() => HOST);
    expect(report).toMatchObject({ verdict: "hardened", findings: [], sandboxes: [{ name: NAME, agentId: "main", secrets: ["ALPHA", "BETA"], mounts: [{ target: "/workspace", mode: "rw" }] }] });
    expect(JSON.stringify(report)).not.toContain("canary");
  });

  it.each([
    ["refuse", "exposed"],
    ["warn", "attention"],
  ])("with onFailure %s is %s where a limit does not hold", async (onFailure, verdict) => {
    const { fortress } = setUp({ limits: { onFailure } });
    expect(await fortress.status(() => HOST)).toMatchObject({ verdict, findings: [{ id: "limits.not-enforced", detail: expect.stringContaining("PIDs: wanted 512, the kernel says 9999") as string }] });
  });

  it.each([
    ["warn", "/graph/c", "attention"],
    ["info", undefined, "hardened"],
  ])("says as %s that a workspace has no nosuid and nodev", async (severity, staticDir, verdict) => {
    const { fortress, home, state, container: one, plan } = setUp();
    Object.assign(one, { staticDir });
    await fortress.admit("podman", NAME, plan(), 0);
    state.mounts = [kernelMount("/workspace", "rw", home.workspace, { options: ["rw"] })];
    expect(await fortress.status(() => HOST)).toMatchObject({ verdict, findings: [{ id: "mounts.unguarded", severity, detail: expect.stringContaining("/workspace is mounted without") as string }] });
  });

  it("is unknown, never hardened, where the engine does not answer", async () => {
    const { fortress, state } = setUp();
    state.engineDown = true;
    expect((await fortress.status(() => HOST)).verdict).toBe("unknown");
  });
});
