import { describe, expect, it } from "vitest";
import { createEngine, type Engine } from "../../src/edge/engine.ts";
import type { ProcessResult } from "../../src/edge/process.ts";
import type { EngineId } from "../../src/model/sandbox.ts";
import { LIMITS } from "../fixtures/container.ts";
import { rejectionOf } from "../fixtures/errors.ts";

const OK: ProcessResult = { code: 0, stdout: "", stderr: "", timedOut: false, missing: false };
const ID = "c".repeat(64);
const OTHER = "d".repeat(64);

/** An engine whose program gives these results, one a call; and the calls. */
function engineWith(id: EngineId, ...results: Partial<ProcessResult>[]): { engine: Engine; calls: string[]; deadlines: number[] } {
  const calls: string[] = [];
  const deadlines: number[] = [];
  const engine = createEngine(id, async (command, args, { deadlineMs }) => {
    calls.push([command, ...args].join(" "));
    deadlines.push(deadlineMs);
    return { ...OK, ...results[calls.length - 1] };
  });
  return { engine, calls, deadlines };
}

const PODMAN = {
  Id: ID,
  Name: "openclaw-sbx-main",
  State: { Pid: 4711, Running: true, Status: "running" },
  Config: { Labels: { "openclaw.sandbox": "1", "openclaw.sessionKey": "agent:main" }, Env: ["PATH=/usr/bin", "TOKEN=canary-1=2", "EMPTY="] },
  Mounts: [
    { Type: "bind", Source: "/home/ada/.openclaw/logs", Destination: "/logs", Mode: "", RW: false, Propagation: "rprivate" },
    { Type: "bind", Source: "/home/ada/work", Destination: "/workspace", RW: true },
    { Type: "volume", Name: "v", Source: "/var/lib/containers/v", Destination: "/v", RW: true },
  ],
  StaticDir: "/var/lib/containers/storage/overlay-containers/c/userdata",
};
const { StaticDir, ...SHARED } = PODMAN;
const DOCKER = { ...SHARED, Name: "/openclaw-sbx-main", State: { Status: "running", Running: true, Paused: false, Pid: 4711 } };

const CONTAINER = {
  id: ID,
  name: "openclaw-sbx-main",
  pid: 4711,
  running: true,
  labels: PODMAN.Config.Labels,
  binds: [
    { source: "/home/ada/.openclaw/logs", target: "/logs", mode: "ro" },
    { source: "/home/ada/work", target: "/workspace", mode: "rw" },
  ],
  envNames: ["PATH", "TOKEN", "EMPTY"],
};

describe("a probe", () => {
  const RUNS = { stdout: "true false\n" };
  it.each<[string, Partial<ProcessResult>[], string]>([
    ["is answered", [{ stdout: "fortress-probe-alive\n" }], "alive"],
    ["is answered after what the image's profile says", [{ stdout: "Welcome!\nfortress-probe-alive\n" }], "alive"],
    ["is told back and not run", [{ stdout: "echo fortress-probe-alive: no such command\n" }, { stdout: "true false\n" }], "broken"],
    ["is not answered in time by one that runs", [{ code: undefined, timedOut: true }, RUNS], "hung"],
    ["fails in one that runs", [{ code: 126, stderr: "no sh" }, RUNS], "broken"],
    ["is answered with something else", [{ stdout: "dead\n" }, RUNS], "broken"],
    ["finds a container that is gone", [{ code: 125 }, { code: 125, stderr: "no such container" }], "unknown"],
    ["finds one that does not run", [{ code: 255 }, { stdout: "false false\n" }], "unknown"],
    ["finds one that Docker paused", [{ code: 1 }, { stdout: "true true\n" }], "unknown"],
    ["finds an engine that hangs", [{ code: undefined, timedOut: true }, { code: undefined, timedOut: true }], "unknown"],
    ["finds no engine", [{ code: undefined, missing: true }], "unknown"],
  ])("%s", async (_, results, answer) => {
    const { engine, calls } = engineWith("podman", ...results);
    expect(await engine.probe(ID)).toBe(answer);
    expect(calls[0]).toBe(`podman exec -i -e HOME=/nonexistent ${ID} /bin/sh -lc echo fortress-probe-alive`);
  });
});

describe("a paused container", () => {
  it.each([
    ["podman", { ...PODMAN, State: { Pid: 4711, Running: false, Paused: true } }],
    ["docker", { ...DOCKER, State: { Pid: 4711, Running: true, Paused: true } }],
  ] as const)("is paused and not running for %s", async (id, raw) => {
    const { engine } = engineWith(id, { stdout: JSON.stringify([raw]) });
    expect(await engine.inspect(ID)).toMatchObject({ running: false, paused: true, pid: 4711 });
  });

  it.each(["pause", "unpause", "kill"] as const)("%s says when the engine refuses", async (verb) => {
    const { engine, calls } = engineWith("podman", {}, { code: 125, stderr: "not supported" });
    await engine[verb](ID);
    expect(calls).toEqual([`podman ${verb} ${ID}`]);
    expect(await rejectionOf(engine[verb](ID))).toMatchObject({ code: "engine-failed", message: expect.stringContaining("not supported") as string });
  });
});

describe("inspect", () => {
  it.each([
    ["podman", PODMAN, { ...CONTAINER, staticDir: StaticDir }],
    ["docker", DOCKER, CONTAINER],
  ] as const)("understands %s, and drops the values of the environment", async (id, raw, expected) => {
    const { engine, calls } = engineWith(id, { stdout: JSON.stringify([raw]) });
    const container = await engine.inspect("openclaw-sbx-main");
    expect(container).toEqual(expected);
    expect(JSON.stringify(container)).not.toContain("canary");
    expect(calls).toEqual([`${id} inspect --type container openclaw-sbx-main`]);
  });

  it("understands a stopped container without labels and environment", async () => {
    const raw = { ...DOCKER, State: { Pid: 0, Running: false }, Config: { Labels: null, Env: null }, Mounts: [] };
    expect(await engineWith("docker", { stdout: JSON.stringify([raw]) }).engine.inspect(ID)).toEqual({ ...CONTAINER, pid: 0, running: false, labels: {}, binds: [], envNames: [] });
  });

  it.each([
    [{ SecurityOpt: ["no-new-privileges", "seccomp=/filter.json"], LogConfig: { Type: "k8s-file", Path: "/storage/ctr.log", Size: "10MB", Config: null } }, { seccomp: "/filter.json", log: { driver: "k8s-file", limit: "10MB", path: "/storage/ctr.log" } }],
    [{ SecurityOpt: [], LogConfig: { Type: "k8s-file", Size: "0B", Config: null } }, { log: { driver: "k8s-file" } }],
    [{ SecurityOpt: ['seccomp={"a":1}'], LogConfig: { Type: "json-file", Config: { "max-size": "10m" } } }, { seccomp: '{"a":1}', log: { driver: "json-file", limit: "10m" } }],
    [{ SecurityOpt: null, LogConfig: { Type: "local", Config: {} } }, { log: { driver: "local" } }],
    [{ LogConfig: { Type: "json-file" } }, { log: { driver: "json-file", path: "/docker/x-json.log" } }, "/docker/x-json.log"],
    [{ LogConfig: { Type: "journald", Path: "" } }, { log: { driver: "journald" } }, ""],
    [{}, {}],
  ])("understands the filter and the log of %j", async (HostConfig, expected, LogPath?: string) => {
    expect(await engineWith("docker", { stdout: JSON.stringify([{ ...DOCKER, HostConfig, LogPath }]) }).engine.inspect(ID)).toEqual({ ...CONTAINER, ...expected });
  });

  it.each([
    ["podman", 125, "[]\n", 'Error: no such container "x"'],
    ["podman", 125, "", 'Error: inspecting object: no container with name or ID "x" found: no such container'],
    ["docker", 1, "[]\n", "Error: No such container: x"],
    ["docker", 1, "[]\n", "Error response from daemon: No such object: x"],
  ] as const)("finds nothing: %s (%d)", async (id, code, stdout, stderr) => {
    expect(await engineWith(id, { code, stdout, stderr }).engine.inspect("x")).toBeUndefined();
  });
});

describe("sandboxes", () => {
  it("lists every labelled container and inspects all of them at once", async () => {
    const { engine, calls } = engineWith("podman", { stdout: `${ID}\n${OTHER}\n` }, { stdout: JSON.stringify([PODMAN, { ...PODMAN, Id: OTHER }]) });
    expect((await engine.sandboxes()).map(({ id }) => id)).toEqual([ID, OTHER]);
    expect(calls).toEqual(["podman ps -a -q --no-trunc --filter label=openclaw.sandbox=1", `podman inspect --type container ${ID} ${OTHER}`]);
  });

  it("needs no inspect where there is none", async () => {
    const { engine, calls } = engineWith("docker", { stdout: "\n" });
    expect(await engine.sandboxes()).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  it("keeps the others when one is removed meanwhile", async () => {
    const { engine } = engineWith("podman", { stdout: `${ID}\n${OTHER}` }, { code: 125, stdout: JSON.stringify([PODMAN]), stderr: `Error: no such container ${OTHER}` });
    expect((await engine.sandboxes()).map(({ id }) => id)).toEqual([ID]);
  });
});

it("updates all limits in one call", async () => {
  const { engine, calls } = engineWith("podman");
  await engine.update(ID, { ...LIMITS, cpus: 0.5 });
  expect(calls).toEqual([`podman update --memory=8589934592 --memory-swap=8589934592 --cpus=0.5 --pids-limit=512 ${ID}`]);
});

it("removes, also what is gone already", async () => {
  const { engine, calls } = engineWith("docker", {}, { code: 1, stderr: "Error: No such container: x" });
  await engine.remove("x");
  await engine.remove("x");
  expect(calls).toEqual(["docker rm -f x", "docker rm -f x"]);
});

/** With how many seconds each may take: a container is killed only ten seconds after it was asked to end. */
const ACTIONS: readonly (readonly [string, (engine: Engine) => Promise<unknown>, number])[] = [
  ["inspect", (engine) => engine.inspect("x"), 15],
  ["ps", (engine) => engine.sandboxes(), 15],
  ["update", (engine) => engine.update("x", LIMITS), 15],
  ["rm", (engine) => engine.remove("x"), 60],
];

describe.each(ACTIONS)("%s", (verb, act, seconds) => {
  it("ends within a deadline", async () => {
    const { engine, deadlines } = engineWith("podman");
    await act(engine);
    expect(deadlines).toEqual([seconds * 1_000]);
  });

  it.each<[string, Partial<ProcessResult>, string, string]>([
    ["engine-missing", { code: undefined, missing: true }, "podman is not installed.", "Install podman"],
    ["engine-silent", { code: undefined, timedOut: true }, `podman ${verb} did not answer within ${seconds} s.`, "podman ps"],
    ["engine-failed", { code: 125, stderr: "Error: storage is locked\n" }, `podman ${verb} failed: Error: storage is locked`, "podman info"],
    ["engine-failed", { code: 2 }, `podman ${verb} failed: exit 2`, "podman info"],
    ["engine-failed", { code: undefined }, `podman ${verb} failed: exit undefined`, "podman info"],
  ])("fails as %s: %j", async (code, result, message, remedy) => {
    const error = await rejectionOf(act(engineWith("podman", result).engine));
    expect(error.code).toBe(code);
    expect(error.message).toBe(message);
    expect(error.remedy).toContain(remedy);
  });
});

describe("an answer that is not understood", () => {
  it.each<[string, string]>([
    ["garbage", "WARN: something\n[]"],
    ["cut off", JSON.stringify([PODMAN]).slice(0, -20)],
    ["not a list", JSON.stringify(PODMAN)],
    ["null", "[null]"],
    ...(["Id", "Name", "State", "Config", "Mounts"] as const).map((key): [string, string] => [`without ${key}`, JSON.stringify([{ ...PODMAN, [key]: undefined }])]),
    ["without a pid", JSON.stringify([{ ...PODMAN, State: { Running: true } }])],
    ["without a state", JSON.stringify([{ ...PODMAN, State: { Pid: 1 } }])],
  ])("is an error: %s", async (_, stdout) => {
    const error = await rejectionOf(engineWith("podman", { stdout }).engine.inspect("x"));
    expect(error.code).toBe("engine-failed");
    expect(error.message).toBe("podman inspect gave an answer that fortress does not understand.");
  });
});

describe("hostile names", () => {
  it.each(["-v", "--all", "a b", "", ".", "..", "/x", "a/b", "a;b", "a\nb", "$(id)", "é", "a\0"])("%j starts no process", async (name) => {
    const { engine, calls } = engineWith("podman");
    for (const act of [() => engine.inspect(name), () => engine.update(name, LIMITS), () => engine.remove(name)]) {
      const error = await rejectionOf(act());
      expect(error.code).toBe("engine-failed");
      expect(error.message).toContain("is not a container name");
    }
    expect(calls).toEqual([]);
  });

  it("are refused when the engine lists them", async () => {
    const { engine, calls } = engineWith("podman", { stdout: `${ID}\n--latest\n` });
    expect((await rejectionOf(engine.sandboxes())).message).toContain("is not a container name");
    expect(calls).toHaveLength(1);
  });
});

describe("storage", () => {
  const PODMAN_INFO = { store: { graphRoot: "/var/lib/containers/storage", runRoot: "/run/containers/storage" } };

  it.each([
    ["podman", PODMAN_INFO, ["/var/lib/containers/storage", "/run/containers/storage"]],
    ["docker", { DockerRootDir: "/var/lib/docker" }, ["/var/lib/docker"]],
    // The command docker of the package podman-docker.
    ["docker", PODMAN_INFO, ["/var/lib/containers/storage", "/run/containers/storage"]],
  ] as const)("is asked of %s once: %j", async (id, info, expected) => {
    const { engine, calls } = engineWith(id, { stdout: JSON.stringify(info) });
    expect(await engine.storage()).toEqual(expected);
    expect(await engine.storage()).toEqual(expected);
    expect(calls).toEqual([`${id} info --format {{json .}}`]);
  });

  it.each(["", "{}", '{"store":{}}', "null"])("is not known from the answer %j", async (stdout) => {
    expect((await rejectionOf(engineWith("podman", { stdout }).engine.storage())).code).toBe("engine-failed");
  });

  it("is asked again after a failure", async () => {
    const { engine } = engineWith("podman", { code: 125, stderr: "down" }, { stdout: JSON.stringify({ DockerRootDir: "/graph" }) });
    expect((await rejectionOf(engine.storage())).code).toBe("engine-failed");
    expect(await engine.storage()).toEqual(["/graph"]);
  });
});

describe("since when a container is stopped", () => {
  const stoppedMs = async (more: object, state: object) => (await engineWith("podman", { stdout: JSON.stringify([{ ...PODMAN, ...more, State: { ...PODMAN.State, Running: false, ...state } }]) }).engine.inspect("x"))!.stoppedMs;
  const NEVER = "0001-01-01T00:00:00Z";

  it.each<[string, object, object, number | undefined]>([
    ["it ended", { Created: "2026-05-01T00:00:00Z" }, { FinishedAt: "2026-05-02T00:00:00.123456789Z" }, Date.parse("2026-05-02T00:00:00.123Z")],
    ["it was never started", { Created: "2026-05-01T00:00:00Z" }, { FinishedAt: NEVER }, Date.parse("2026-05-01T00:00:00Z")],
    ["the engine does not say", {}, { FinishedAt: NEVER }, undefined],
    ["it runs again", {}, { Running: true, FinishedAt: "2026-05-02T00:00:00Z" }, undefined],
    ["it is paused", {}, { Paused: true, FinishedAt: "2026-05-02T00:00:00Z" }, undefined],
  ])("%s", async (_, more, state, expected) => {
    expect(await stoppedMs(more, state)).toBe(expected);
  });
});

it("removes what is stopped without force", async () => {
  const { engine, calls } = engineWith("podman", {}, { code: 2, stderr: "Error: cannot remove container as it is running" }, { code: 1, stderr: "Error: no such container" });
  await engine.removeStopped(ID);
  expect((await rejectionOf(engine.removeStopped(ID))).message).toMatch(/as it is running/);
  await engine.removeStopped(ID);
  expect(calls[0]).toBe(`podman rm ${ID}`);
});
