import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { monotonicClock } from "../../src/edge/clock.ts";
import { createEngine, type Engine } from "../../src/edge/engine.ts";
import { processIdentity, readKernelFile, readMounts } from "../../src/edge/kernel.ts";
import { createImages } from "../../src/edge/images.ts";
import { createFollowEvents, type EngineEvent } from "../../src/edge/engine-events.ts";
import { createPostureEdge } from "../../src/edge/posture.ts";
import { followProcess, runProcess, type RunProcess } from "../../src/edge/process.ts";
import { readLimits } from "../../src/limits/cgroup.ts";
import { shortfalls } from "../../src/limits/compare.ts";
import type { EngineId, Image, Limits } from "../../src/model/sandbox.ts";
import { hostNames } from "../../src/mounts/names.ts";
import { BASE_PROFILE } from "../../src/posture/base-profile.ts";
import { engineFindings, usesFilter } from "../../src/posture/engine-says.ts";
import { logFinding } from "../../src/posture/log.ts";
import { runtimeProgram } from "../../src/posture/runtime.ts";
import { hardenProfile } from "../../src/posture/seccomp.ts";
import { rejectionOf } from "../fixtures/errors.ts";
import { withoutLogLimit } from "../support/engine-conf.ts";

/** A real engine with the sandbox image in its store. */
export interface RealEngine {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

const MIB = 2 ** 20;
const LIMITS: Limits = { memory: 96 * MIB, memorySwap: 96 * MIB, cpus: Math.min(0.5, cpus().length), pids: 77 };

/**
 * What fortress expects of an engine, whichever it is.
 *
 * @param program what answers to the command `id` in truth
 */
export function engineContract(id: EngineId, start: () => Promise<RealEngine>, program: EngineId = id): void {
  // Sandboxes of gateways may be in the same store.
  const prefix = `ct-${randomBytes(4).toString("hex")}`;
  const name = (suffix: string): string => `${prefix}-${suffix}`;
  const ours = (names: readonly { name: string }[]): string[] => names.map((each) => each.name).filter((each) => each.startsWith(prefix)).sort();

  let real: RealEngine;
  let engine: Engine;
  let folder: string;

  /** Makes a container as OpenClaw does, from the flags that matter here; returns its id. */
  async function create(suffix: string, flags: readonly string[] = [], verb: "run" | "create" = "run"): Promise<string> {
    const detach = verb === "run" ? ["--detach"] : [];
    return real.run([verb, ...detach, "--init", "--network", "none", "--name", name(suffix), ...flags, real.image, "sleep", "infinity"]);
  }

  /** Makes a container whose log grows without end. */
  async function createUnbounded(): Promise<void> {
    if (program === "docker") return void (await create("unbounded", ["--log-driver", "json-file"]));
    const env = { ...process.env, ...(await withoutLogLimit(real.env, folder)) };
    await promisify(execFile)("podman", ["run", "--detach", "--log-driver", "k8s-file", "--network", "none", "--name", name("unbounded"), real.image, "sleep", "infinity"], { env });
  }

  beforeAll(async () => {
    real = await start();
    for (const [key, value] of Object.entries(real.env)) vi.stubEnv(key, value);
    engine = createEngine(id, runProcess);
    folder = mkdtempSync("/var/tmp/fortress-contract-");
  });
  afterAll(async () => {
    const left = (await real?.run(["ps", "--all", "--quiet", "--filter", `name=^${prefix}`]).catch(() => "")) ?? "";
    for (const container of left.split("\n").filter(Boolean)) await real.run(["rm", "--force", container]);
    vi.unstubAllEnvs();
    await real?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("tells of changes by hand, and of no commands", async () => {
    const events: EngineEvent[] = [];
    const ended = vi.fn();
    const created = await create("told", ["--label", "openclaw.sandbox=1"]);
    const start = Date.now();
    // It listens only some time after its start; what happens meanwhile is as if it had happened before.
    await real.run(["update", "--cpus", "0.5", created]);
    const stream = createFollowEvents(followProcess, () => start)(id, { event: (event) => void events.push(event), ended });
    const told = (): string[] => events.filter((event) => event.id === created).map(({ what }) => what);
    try {
      await expect.poll(told, { timeout: 30_000 }).toEqual(["update"]);
      await real.run(["exec", created, "true"]);
      await engine.pause(created);
      await expect.poll(told, { timeout: 30_000 }).toContain("pause");
      expect([told().filter((what) => what.startsWith("exec")), ended.mock.calls, stream.stalled()]).toEqual([[], [], false]);
    } finally {
      stream.stop();
    }
  });

  it("pauses, probes, lets go on and ends a container", async () => {
    const created = await create("still");
    expect([await engine.probe(created), await engine.inspect(created)]).toEqual(["alive", expect.objectContaining({ running: true })]);
    await engine.pause(created);
    expect([await engine.probe(created), await engine.inspect(created)]).toEqual(["unknown", expect.objectContaining({ running: false, paused: true })]);
    await engine.unpause(created);
    expect(await engine.probe(created)).toBe("alive");
    await engine.kill(created);
    await expect.poll(async () => (await engine.inspect(created))?.running, { timeout: 30_000 }).toBe(false);
    expect((await engine.inspectAll([created])).map((each) => [each.id, each.paused])).toEqual([[created, undefined]]);
    await engine.remove(created);
    expect([await engine.inspectAll([created]), await engine.probe(created)]).toEqual([[], "unknown"]);
    expect((await rejectionOf(engine.pause(created))).code).toBe("engine-failed");
  });

  it("does not know that a link took the place of a directory before it mounted it, and the kernel does", async () => {
    for (const path of ["planned", "secret"]) mkdirSync(join(folder, path));
    const created = await create("swapped", ["--volume", `${folder}/planned:/view:ro`], "create");
    renameSync(join(folder, "planned"), join(folder, "moved"));
    symlinkSync(join(folder, "secret"), join(folder, "planned"));
    await real.run(["start", created]);
    const container = await engine.inspect(created);
    expect(container!.binds).toEqual([{ source: `${folder}/planned`, target: "/view", mode: "ro" }]);
    const seen = readMounts(container!.pid)!.find(({ target }) => target === "/view")!;
    expect(hostNames(seen, readMounts("self")!)).toContain(`${folder}/secret`);
  });

  it("says where it keeps what its containers are made of", async () => {
    const [graph] = await engine.storage();
    const layer = await real.run(["info", "--format", program === "podman" ? "{{.Store.GraphRoot}}" : "{{.DockerRootDir}}"]);
    expect(graph).toBe(layer.trim());
    expect(existsSync(graph!)).toBe(true);
  });

  describe("inspect", () => {
    it("describes a running container, without the values of its environment", async () => {
      const value = randomBytes(12).toString("hex");
      const created = await create("described", [
        ...["--label", "openclaw.sandbox=1", "--label", "openclaw.sessionKey=agent:main", "--env", `SOME_KEY=${value}`],
        ...["--volume", `${folder}:/read:ro`, "--volume", `${folder}:/write:rw`, "--tmpfs", "/scratch"],
      ]);
      const container = (await engine.inspect(name("described")))!;

      expect(container).toMatchObject({ id: created, name: name("described"), running: true });
      expect(container.labels).toMatchObject({ "openclaw.sandbox": "1", "openclaw.sessionKey": "agent:main" });
      expect([...container.binds].sort((left, right) => left.target.localeCompare(right.target))).toEqual([
        { source: folder, target: "/read", mode: "ro" },
        { source: folder, target: "/write", mode: "rw" },
      ]);
      expect(container.envNames).toContain("SOME_KEY");
      expect(JSON.stringify(container)).not.toContain(value);
    });

    it("tells which filter of system calls a container was given, and whether its log is bounded", async () => {
      const path = `${folder}/filter.json`;
      const text = `${JSON.stringify(hardenProfile(BASE_PROFILE))}\n`;
      writeFileSync(path, text);
      await create("filtered", ["--security-opt", `seccomp=${path}`]);
      await create("unfiltered");
      const filtered = (await engine.inspect(name("filtered")))!;
      expect(usesFilter(filtered, { path, text })).toBe(true);
      expect(usesFilter((await engine.inspect(name("unfiltered")))!, { path, text })).toBe(false);
      // Both engines of the tests are set up as fortress tells the operator to.
      expect(engineFindings(filtered, { path, text })).toEqual([]);
      expect(logFinding(id, filtered, readKernelFile)).toBeUndefined();
      await createUnbounded();
      expect(logFinding(id, (await engine.inspect(name("unbounded")))!, readKernelFile)).toMatchObject({ id: "posture.log-unbounded" });
    });

    it("gives the pid that the container's init has on the host", async () => {
      await create("init");
      const { id: container, pid } = (await engine.inspect(name("init")))!;
      expect(readFileSync(`/proc/${pid}/cgroup`, "utf8")).toContain(container);
      expect(/^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]!.split("\t")).toEqual([String(pid), "1"]);
      expect(processIdentity(pid)).toMatch(/^\d+$/);
    });

    it("gives the pid by which the program is known that started the container", async () => {
      await create("started");
      const runtime = runtimeProgram(readKernelFile, (await engine.inspect(name("started")))!.pid);
      expect(runtime !== undefined).toBe(program === "podman");
      expect(await createPostureEdge(folder, 0, runProcess, monotonicClock.now).runtimeVersion(id, runtime)).toMatch(/^(runc|crun) version \S/);
    });

    it("finds a container by its id, and says of a stopped one that it has no process", async () => {
      const created = await create("stopped-by-id", [], "create");
      expect(await engine.inspect(created)).toMatchObject({ name: name("stopped-by-id"), running: false, pid: 0 });
    });

    it("answers undefined for a container that is not there", async () => {
      expect(await engine.inspect(name("nobody"))).toBeUndefined();
      expect(await engine.inspect("f".repeat(64))).toBeUndefined();
    });

    it("takes no option for a name", async () => {
      expect(await rejectionOf(engine.inspect("--latest"))).toMatchObject({ code: "engine-failed" });
    });
  });

  describe("sandboxes", () => {
    it("finds exactly the labelled containers, stopped ones too", async () => {
      const before = ours(await engine.sandboxes());
      await create("labelled", ["--label", "openclaw.sandbox=1"]);
      await create("labelled-stopped", ["--label", "openclaw.sandbox=1"], "create");
      await create("other-value", ["--label", "openclaw.sandbox=0"], "create");
      await create("unlabelled", [], "create");
      expect(ours(await engine.sandboxes())).toEqual([...before, name("labelled"), name("labelled-stopped")].sort());
    });

    it("passes over one that is removed between the list and the look", async () => {
      await create("stays", ["--label", "openclaw.sandbox=1"], "create");
      const vanishing = await create("vanishes", ["--label", "openclaw.sandbox=1"], "create");
      const removing: RunProcess = async (command, args, options) => {
        const result = await runProcess(command, args, options);
        if (args[0] === "ps") await real.run(["rm", "--force", vanishing]);
        return result;
      };
      const found = ours(await createEngine(id, removing).sandboxes());
      expect(found).toContain(name("stays"));
      expect(found).not.toContain(name("vanishes"));
    });
  });

  describe("update", () => {
    it("changes what the kernel enforces, at once", async () => {
      await create("limited");
      const { id: container, pid } = (await engine.inspect(name("limited")))!;
      await engine.update(container, LIMITS);
      expect(readLimits(readKernelFile, pid)).toEqual(LIMITS);

      const tighter = { ...LIMITS, memory: 64 * MIB, memorySwap: 64 * MIB, pids: 33 };
      await engine.update(container, tighter);
      expect(readLimits(readKernelFile, pid)).toEqual(tighter);
    });

    it("rejects what the kernel can't give, and loosens no limit by that", async () => {
      await create("refusing");
      const { id: container, pid } = (await engine.inspect(name("refusing")))!;
      await engine.update(container, LIMITS);
      expect(await rejectionOf(engine.update(container, { ...LIMITS, memory: 64 * MIB, memorySwap: 32 * MIB }))).toMatchObject({ code: "engine-failed" });
      expect(shortfalls(LIMITS, readLimits(readKernelFile, pid))).toEqual([]);
    });

    it("rejects numbers that no engine reads, and a container that is not there", async () => {
      const created = await create("confused");
      expect(await rejectionOf(engine.update(created, { ...LIMITS, memory: Number.NaN }))).toMatchObject({ code: "engine-failed" });
      expect(await rejectionOf(engine.update(name("nobody"), LIMITS))).toMatchObject({ code: "engine-failed" });
    });
  });

  describe("remove", () => {
    it("ends a running container, and is content when it is gone already", async () => {
      const created = await create("removed");
      const { pid } = (await engine.inspect(created))!;
      const identity = processIdentity(pid);
      await engine.remove(created);
      expect(await engine.inspect(created)).toBeUndefined();
      expect(processIdentity(pid)).not.toBe(identity);
      await engine.remove(created);
    });

    it("of what is stopped refuses one that runs, and knows since when it does not", async () => {
      const running = await create("running");
      expect(await rejectionOf(engine.removeStopped(running))).toMatchObject({ code: "engine-failed" });
      expect((await engine.inspect(running))!.stoppedMs).toBeUndefined();
      const before = Date.now();
      await engine.kill(running);
      await expect.poll(async () => (await engine.inspect(running))?.running, { timeout: 30_000 }).toBe(false);
      const { stoppedMs } = (await engine.inspect(running))!;
      expect([stoppedMs! >= before - 1_000, stoppedMs! <= Date.now()]).toEqual([true, true]);
      const created = await create("created", [], "create");
      expect(Math.abs((await engine.inspect(created))!.stoppedMs! - Date.now())).toBeLessThan(60_000);
      for (const each of [running, created]) {
        await engine.removeStopped(each);
        expect(await engine.inspect(each)).toBeUndefined();
        await engine.removeStopped(each);
      }
    });
  });

  describe("images", () => {
    /** An image of one small file, of which nothing else is made. */
    async function plant(tag: string): Promise<void> {
      writeFileSync(join(folder, "file"), randomBytes(8));
      await promisify(execFile)("tar", ["--create", `--file=${join(folder, "image.tar")}`, `--directory=${folder}`, "file"]);
      await real.run(["import", join(folder, "image.tar"), tag]);
    }
    const named = async (tag: string): Promise<Image | undefined> => (await createImages(id, runProcess).list()).find(({ names }) => names.some((each) => each.endsWith(tag)));

    it("are listed with all names and layers, and known by who uses them", async () => {
      const used = await create("uses", [], "create");
      const images = createImages(id, runProcess);
      const image = (await named(real.image.replace(/^localhost\//, "")))!;
      expect(image.layers.length).toBeGreaterThan(0);
      expect((await images.usedBy()).get(used)).toBe(image.id);
      expect(await images.remove(image)).toBe(false);
      expect(await named(real.image.replace(/^localhost\//, ""))).toEqual(image);
    });

    it("are removed with all of their names, and one whose name another took over by its id", async () => {
      const images = createImages(id, runProcess);
      const [first, second] = [`${prefix}:one`, `${prefix}:two`];
      await plant(first);
      const old = (await named(first))!;
      await plant(first);
      await real.run(["tag", first, second]);
      expect((await images.list()).find((each) => each.id === old.id)?.names).toEqual([]);
      const newer = (await named(first))!;
      expect(newer.names.filter((each) => !each.includes("@"))).toHaveLength(2);
      expect([await images.remove(newer), await images.remove({ ...old, names: [] })]).toEqual([true, true]);
      expect((await images.list()).filter((each) => each.id === old.id || each.id === newer.id)).toEqual([]);
    });
  });

  it("says so when the engine is not installed", async () => {
    const absent: RunProcess = (_command, args, options) => runProcess("/nonexistent/engine", args, options);
    expect(await rejectionOf(createEngine(id, absent).sandboxes())).toMatchObject({ code: "engine-missing" });
  });
}
