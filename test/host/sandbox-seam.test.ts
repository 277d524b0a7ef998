import type { Attestation } from "../../src/flows/attestation.ts";
import type { Lockdown } from "../../src/flows/lockdown.ts";
import type { Quarantine } from "../../src/flows/quarantine.ts";
import type { CreateParams, Factory, Handle } from "openclaw/plugin-sdk/sandbox";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SandboxPlan, SandboxRequest } from "../../src/flows/core.ts";
import type { Posture, PostureSettings } from "../../src/flows/posture.ts";
import type { Fortress } from "../../src/fortress.ts";
import { hasSeam, installSeam } from "../../src/host/sandbox-seam.ts";
import { FortressError } from "../../src/model/errors.ts";
import { Secret } from "../../src/model/secret.ts";
import type { MountPlan } from "../../src/mounts/plan.ts";
import type { PostureRequest } from "../../src/posture/request.ts";
import { injectSecrets } from "../../src/secrets/inject.ts";
import { LIMITS } from "../fixtures/container.ts";
import { CONTAINER_ID, createParams, handle, RUNTIME_ID, SandboxRegistry } from "../fixtures/sandbox-sdk.ts";
import { tempDir } from "../fixtures/temp.ts";

const { sdk } = vi.hoisted(() => ({ sdk: { current: undefined as SandboxRegistry | undefined } }));

vi.mock("openclaw/plugin-sdk/sandbox", () => ({
  get registerSandboxBackend() {
    return sdk.current?.registerSandboxBackend;
  },
  get getSandboxBackendFactory() {
    return sdk.current?.getSandboxBackendFactory;
  },
  get getSandboxBackendManager() {
    return sdk.current?.getSandboxBackendManager;
  },
  get getSandboxBackendWorkdirResolver() {
    return sdk.current?.getSandboxBackendWorkdirResolver;
  },
}));

const NOW = 1_234;
const mounts = (...binds: string[]): MountPlan => ({ mounts: [], binds, browserBinds: binds.filter((bind) => bind.startsWith("/kept")), own: { folders: ["/own"] }, findings: [] });
const MOUNTS = mounts("/logs:/logs:ro,z", "/kept:/kept");

const POSTURE: PostureSettings = {
  user: "65532:65532",
  tmpfs: ["/tmp:noexec,size=1"],
  env: { HOME: "/home/agent" },
  ulimits: { core: 0 },
  seccomp: { path: "/state/filter.json", text: "{}" },
  network: "none",
  findings: [],
};

/** A gateway with its built-in backends, and fortress as the seam sees it. */
function setUp() {
  const registry = new SandboxRegistry();
  sdk.current = registry;
  const log: string[] = [];
  const making: string[] = [];
  const bases = { podman: vi.fn<Factory>(async () => handle()), docker: vi.fn<Factory>(async () => handle()) };
  for (const id of ["podman", "docker"] as const) {
    registry.registerSandboxBackend(id, { factory: (params) => (log.push(`create ${id}`), bases[id](params)), manager: `${id} manager`, resolveWorkdir: `${id} resolver` });
  }
  const fortress = {
    config: vi.fn<Fortress["config"]>(),
    plan: vi.fn((request: SandboxRequest): SandboxPlan => ({ request, mounts: MOUNTS, limits: { limits: LIMITS, clipped: [] } })),
    admit: vi.fn<Fortress["admit"]>(async (engine, name) => {
      log.push(`admit ${engine} ${name}`);
      return { container: { id: CONTAINER_ID, name, pid: 1, running: true, labels: {}, binds: [], envNames: [] }, wanted: LIMITS, shortfalls: [], refusal: undefined };
    }),
    busyWith: vi.fn<Fortress["busyWith"]>(),
    posture: {
      prepare: vi.fn((_request: PostureRequest) => POSTURE),
      isOutdated: vi.fn(() => false),
      confirm: vi.fn<Posture["confirm"]>(async () => {}),
      look: vi.fn<Posture["look"]>(),
      lookAtRuntime: vi.fn<Posture["lookAtRuntime"]>(),
      planned: vi.fn<Posture["planned"]>(),
      hasPlannedFilter: vi.fn<Posture["hasPlannedFilter"]>(),
    },
    attestation: { providing: vi.fn<Attestation["providing"]>(() => () => {}), assert: vi.fn<Attestation["assert"]>(), renew: vi.fn(), renewAll: vi.fn(), refusal: vi.fn(), hostCommand: vi.fn(), verdictOf: vi.fn(), findings: vi.fn() },
    exec: vi.fn<Fortress["exec"]>(async (_engine, _id, _plan, _agent, call) => injectSecrets(call, new Map([["KEY", new Secret("canary")]]))),
    furnish: vi.fn<Fortress["furnish"]>(() => void log.push("furnish")),
    lockdown: {
      state: vi.fn<Lockdown["state"]>(() => undefined),
      assertOpen: vi.fn<Lockdown["assertOpen"]>(),
      still: vi.fn<Lockdown["still"]>(async ({ container: { name } }) => {
        log.push(`still ${name}`);
        return "paused";
      }),
      lock: vi.fn<Lockdown["lock"]>(),
      thaw: vi.fn<Lockdown["thaw"]>(),
    },
    watch: {
      making: vi.fn(async <T>(engine: string, scope: string, make: () => Promise<T>): Promise<T> => {
        making.push(`${engine} ${scope}`);
        return make().finally(() => making.pop());
      }) as Fortress["watch"]["making"],
    },
    quarantine: {
      assertFree: vi.fn<Quarantine["assertFree"]>(async () => {}),
      assertUsable: vi.fn<Quarantine["assertUsable"]>(),
      hold: vi.fn(),
      reason: vi.fn(),
      settle: vi.fn(),
      findings: vi.fn(),
    },
  };
  const removeContainer = vi.fn(async (engine: string, name: string) => void log.push(`remove ${engine} ${name}`));
  const agentCount = vi.fn(() => 1);
  const chooseEngine = vi.fn((): "podman" | "docker" => "podman");
  const install = (): (() => void) => installSeam({ fortress, now: () => NOW, removeContainer, storageOf: async (engine) => [`/${engine}`], agentCount, chooseEngine });
  const create = (id: string, params: CreateParams = createParams("/tmp")): Promise<Handle> => registry.getSandboxBackendFactory(id)!(params);
  return { registry, log, making, bases, fortress, removeContainer, agentCount, chooseEngine, install, create };
}

type World = ReturnType<typeof setUp>;
let world: World;
beforeEach(() => {
  world = setUp();
});

it("gives no sandbox of which the kernel says that something critical does not hold", async () => {
  world.install();
  world.fortress.attestation.assert.mockImplementation(() => {
    throw new FortressError("not-attested", "no command runs in it: it has a network.", "Disconnect it.");
  });
  await expect(world.create("podman")).rejects.toThrow("fortress: no command runs in it: it has a network. Remedy: Disconnect it.");
  expect(world.fortress.attestation.assert).toHaveBeenCalledWith("podman", expect.objectContaining({ id: CONTAINER_ID }));
});

it("says when OpenClaw may start a stopped sandbox, also where that fails", async () => {
  world.install();
  const { providing, assert } = world.fortress.attestation;
  providing.mockImplementation((scopeKey) => (world.log.push(`providing ${scopeKey}`), () => void world.log.push("provided")));
  assert.mockImplementation(() => void world.log.push("assert"));
  await world.create("podman");
  expect(world.log).toEqual(["providing agent:main", "furnish", "create podman", `admit podman ${RUNTIME_ID}`, "assert", "provided"]);
  world.bases.podman.mockRejectedValue(new Error("no image"));
  await expect(world.create("podman")).rejects.toThrow("no image");
  expect(world.log.slice(-2)).toEqual(["create podman", "provided"]);
});

const EXEC = { command: "ls", env: { PATH: "/gateway/bin", HOME: "/workspace" }, usePty: false };

describe("a lockdown", () => {
  const locked = () => {
    throw new FortressError("sandboxes-locked", "sandboxes are locked down.", "Thaw them.");
  };

  it("refuses a sandbox before OpenClaw starts or makes one", async () => {
    world.install();
    world.fortress.lockdown.assertOpen.mockImplementation(locked);
    await expect(world.create("podman")).rejects.toThrow("fortress: sandboxes are locked down. Remedy: Thaw them.");
    expect(world.log).toEqual([]);
  });

  it("that came while a sandbox was made stills it, and gives it to nobody", async () => {
    world.install();
    world.fortress.lockdown.assertOpen.mockImplementationOnce(() => {}).mockImplementation(locked);
    world.fortress.lockdown.state.mockReturnValue({ since: undefined, because: "x" });
    await expect(world.create("podman")).rejects.toThrow("locked down");
    expect(world.log.at(-1)).toBe(`still ${RUNTIME_ID}`);
  });

  it("withholds commands, secrets and files from a turn that is under way", async () => {
    const read = vi.fn(() => "content");
    const inner = { ...handle(), runShellCommand: vi.fn(async () => ({ code: 0 })), createFsBridge: () => ({ read, root: "/workspace" }) };
    const buildExecSpec = vi.spyOn(inner, "buildExecSpec");
    world.bases.podman.mockResolvedValue(inner);
    world.install();
    const made = await world.create("podman");
    const bridge = made.createFsBridge!({}) as { read(): string; root: string };
    expect([bridge.read(), bridge.root]).toEqual(["content", "/workspace"]);
    await made.buildExecSpec(EXEC);
    world.fortress.lockdown.assertOpen.mockImplementation(locked);
    await expect(made.buildExecSpec(EXEC)).rejects.toThrow("locked down");
    expect(() => made.runShellCommand!({ script: "" })).toThrow("locked down");
    expect(() => bridge.read()).toThrow("locked down");
    expect([buildExecSpec, world.fortress.exec, read].map((each) => each.mock.calls.length)).toEqual([1, 1, 1]);
    expect(inner.runShellCommand).not.toHaveBeenCalled();
  });
});

describe("a quarantine", () => {
  const quarantined = (): never => {
    throw new FortressError("sandbox-quarantined", `${RUNTIME_ID} is quarantined.`, "Recreate it.");
  };

  it("refuses a sandbox before OpenClaw starts its container again", async () => {
    world.install();
    world.fortress.quarantine.assertFree.mockImplementation(async () => quarantined());
    await expect(world.create("podman")).rejects.toThrow(`fortress: ${RUNTIME_ID} is quarantined. Remedy: Recreate it.`);
    expect(world.log).toEqual([]);
    expect(world.fortress.quarantine.assertFree).toHaveBeenCalledExactlyOnceWith("podman", "agent:main");
  });

  it("that came while a sandbox was made gives it to nobody", async () => {
    world.install();
    world.fortress.quarantine.assertUsable.mockImplementation(quarantined);
    await expect(world.create("podman")).rejects.toThrow("is quarantined");
    expect(world.fortress.quarantine.assertUsable).toHaveBeenCalledExactlyOnceWith("podman", RUNTIME_ID);
  });

  it("ends commands of a turn that is under way", async () => {
    world.install();
    const made = await world.create("podman");
    world.fortress.quarantine.assertUsable.mockImplementation(quarantined);
    await expect(made.buildExecSpec(EXEC)).rejects.toThrow("is quarantined");
    expect(world.fortress.exec).not.toHaveBeenCalled();
  });
});

describe("installation", () => {
  const builtIn = (): unknown[] => ["podman", "docker", "fortress"].map((id) => world.registry.current(id));

  it("stands before podman and docker, offers fortress, and keeps their managers and resolvers", () => {
    const before = builtIn();
    const restore = world.install();
    for (const [id, like] of [["podman", "podman"], ["docker", "docker"], ["fortress", "podman"]] as const) {
      expect(world.registry.current(id)).toMatchObject({ manager: `${like} manager`, resolveWorkdir: `${like} resolver`, capabilities: { readOnlyResourceMounts: true } });
    }
    restore();
    expect(builtIn()).toEqual(before);
    restore();
    expect(builtIn()).toEqual(before);
  });

  it("tells for whom a sandbox is being made until it is, or is refused", async () => {
    world.install();
    const seen: string[][] = [];
    world.bases.podman.mockImplementation(async () => (seen.push([...world.making]), handle()));
    world.fortress.attestation.assert.mockImplementationOnce(() => void seen.push([...world.making])).mockImplementationOnce(() => {
      throw new FortressError("not-attested", "no.", "Look.");
    });
    await world.create("podman");
    await expect(world.create("podman")).rejects.toThrow("no.");
    expect([seen, world.making]).toEqual([Array(3).fill(["podman agent:main"]), []]);
  });

  it.each(["podman", "docker"] as const)("hardens %s: plans, creates, admits", async (engine) => {
    world.install();
    await world.create(engine);
    expect(world.log).toEqual(["furnish", `create ${engine}`, `admit ${engine} ${RUNTIME_ID}`]);
    expect(world.fortress.admit).toHaveBeenCalledExactlyOnceWith(engine, RUNTIME_ID, expect.objectContaining({ mounts: MOUNTS }), NOW);
  });

  it.each([
    ["in order", [0, 1, 2]],
    ["in reverse", [2, 1, 0]],
    ["mixed", [1, 2, 0]],
  ])("never wraps its own wrapper, and leaves nothing when undone %s", async (_, order) => {
    const before = builtIn();
    const undo = [world.install(), world.install(), world.install()];
    for (const id of ["podman", "docker", "fortress"]) {
      world.log.length = 0;
      await world.create(id);
      expect(world.log).toHaveLength(3);
    }
    for (const index of order) undo[index]!();
    expect(builtIn()).toEqual(before);
  });

  it("does with one engine where OpenClaw has only one", async () => {
    sdk.current = world.registry;
    world.registry.clear();
    world.registry.registerSandboxBackend("docker", { factory: async () => handle() });
    world.install();
    expect(world.registry.current("podman")).toBeUndefined();
    expect(world.registry.current("docker")).not.toHaveProperty("manager");
    await expect(world.create("fortress")).rejects.toThrow(/no podman backend.*Remedy:/);
    world.chooseEngine.mockReturnValue("docker");
    expect((await world.create("fortress")).runtimeId).toBe(RUNTIME_ID);
  });

  it("knows whether there is a seam", () => {
    expect(hasSeam()).toBe(true);
    world.registry.clear();
    expect(hasSeam()).toBe(false);
    sdk.current = undefined;
    expect(hasSeam()).toBe(false);
  });
});

describe("the plan", () => {
  beforeEach(() => void world.install());

  it("is made from what OpenClaw asks for", async () => {
    const params = createParams("/ws", { binds: ["/a:/b"], memory: "1g", cpus: 2, pidsLimit: 99, dangerouslyAllowExternalBindSources: true, dangerouslyAllowReservedContainerTargets: true });
    params.cfg.browser = { enabled: true, binds: ["/c:/d"] };
    world.agentCount.mockReturnValue(2);
    await world.create("podman", { ...params, agentWorkspaceDir: "/agent", skillsWorkspaceDir: "/skills", scopeKey: "agent:ops:x", cfg: { ...params.cfg, workspaceAccess: "ro" } });
    expect(world.fortress.plan).toHaveBeenCalledExactlyOnceWith({
      agentId: "ops",
      engine: "podman",
      workdir: "/workspace",
      storage: ["/podman"],
      soleAgent: false,
      workspace: { access: "ro", dir: "/ws", agentDir: "/agent", skillsDir: "/skills" },
      operatorBinds: ["/a:/b"],
      browserBinds: ["/c:/d"],
      externalBindsAllowed: true,
      reservedTargetsAllowed: true,
      nativeLimits: { memory: "1g", cpus: 2, pidsLimit: 99 },
    });
  });

  it("knows no agent in a shared sandbox, and no switch that is not set", async () => {
    await world.create("podman", { ...createParams("/ws"), scopeKey: "shared" });
    expect(world.fortress.plan.mock.lastCall?.[0]).toMatchObject({ agentId: undefined, operatorBinds: [], browserBinds: undefined, externalBindsAllowed: false, reservedTargetsAllowed: false, soleAgent: true });
  });

  it("is written into the very objects that the file tools read", async () => {
    const params = createParams("/ws", { binds: ["/a:/b"], cpus: 1 });
    const { cfg, cfg: { docker } } = params;
    await world.create("podman", params);
    expect(world.bases.podman.mock.lastCall?.[0]).toBe(params);
    expect(cfg.docker).toBe(docker);
    expect(docker).toEqual({
      ...{ workdir: "/workspace", binds: MOUNTS.binds, cpus: 1, dangerouslyAllowExternalBindSources: true, dangerouslyAllowReservedContainerTargets: true },
      ...{ user: "65532:65532", tmpfs: POSTURE.tmpfs, env: POSTURE.env, ulimits: POSTURE.ulimits, seccompProfile: "/state/filter.json" },
    });
    expect(cfg.browser).toEqual({ enabled: false });
  });

  it("has the folders that it mounts made before the container", async () => {
    await world.create("podman");
    expect(world.fortress.furnish).toHaveBeenCalledExactlyOnceWith(MOUNTS.own);
    world.fortress.furnish.mockImplementation(() => {
      throw new FortressError("projection-failed", "no space.", "Make room.");
    });
    world.log.length = 0;
    await expect(world.create("podman")).rejects.toThrow("fortress: no space. Remedy: Make room.");
    expect(world.log).toEqual([]);
  });

  it("gives the browser's container the operator's own binds only", async () => {
    const params = createParams("/ws");
    params.cfg.browser = { enabled: true, binds: ["/home:/home"] };
    await world.create("docker", params);
    expect(params.cfg.browser.binds).toEqual(["/kept:/kept"]);
  });

  it("limits the container at its creation where a set-up command runs in it", async () => {
    const params = createParams("/ws", { setupCommand: "apt-get update", memory: "64g" });
    await world.create("podman", params);
    expect(params.cfg.docker).toMatchObject({ memory: String(LIMITS.memory), memorySwap: String(LIMITS.memory), cpus: 4, pidsLimit: 512 });
  });

  it("gives no secret to a set-up command, which runs in what OpenClaw makes of the parameters", async () => {
    const made: string[] = [];
    world.bases.podman.mockImplementation(async (params) => {
      // OpenClaw runs it here, with the container's own environment, before there is a handle.
      made.push(JSON.stringify(params));
      expect(world.fortress.exec).not.toHaveBeenCalled();
      return handle();
    });
    const params = createParams("/ws", { setupCommand: "env > /workspace/setup.txt" });
    const { buildExecSpec } = await world.create("podman", params);
    expect(made).toHaveLength(1);
    expect(made[0]).toContain("env > /workspace/setup.txt");
    expect(made[0]).not.toMatch(/KEY|canary/);
    expect(params.cfg.docker).toMatchObject({ setupCommand: "env > /workspace/setup.txt", env: POSTURE.env });
    // The command of an agent in the same sandbox does get it.
    expect((await buildExecSpec(EXEC)).env).toMatchObject({ KEY: "canary" });
  });

  it("that is refused creates nothing and says what to do", async () => {
    world.fortress.plan.mockImplementation(() => {
      throw new FortressError("mount-refused", 'bind "/:/host" reaches too much.', "Remove it.");
    });
    const error = await world.create("podman").catch((each: unknown) => each);
    expect(error).toMatchObject({ message: 'fortress: bind "/:/host" reaches too much. Remedy: Remove it.', cause: { code: "mount-refused" } });
    expect(world.log).toEqual([]);
  });

  it("whose limits do not hold gives no handle", async () => {
    world.fortress.admit.mockRejectedValue(new FortressError("limits-not-applied", "no limits.", "Delegate."));
    await expect(world.create("podman")).rejects.toThrow("fortress: no limits. Remedy: Delegate.");
  });

  it("leaves the engine's own errors as they are", async () => {
    world.bases.podman.mockRejectedValue(new Error("statfs: no such file"));
    await expect(world.create("podman")).rejects.toThrow(/^statfs: no such file$/);
    expect(world.removeContainer).not.toHaveBeenCalled();
  });
});

describe("the posture", () => {
  beforeEach(() => void world.install());

  it("is prepared from what OpenClaw asks for", async () => {
    const docker = { user: "7:7", readOnlyRoot: false, capDrop: ["NET_RAW"], tmpfs: ["/x"], network: "lan", seccompProfile: "/own.json", ulimits: { core: 1 }, env: { A: "1" }, gpus: "all", dangerouslyAllowContainerNamespaceJoin: true };
    const params = createParams("/ws", { ...docker });
    await world.create("docker", { ...params, cfg: { ...params.cfg, workspaceAccess: "ro" } });
    const { dangerouslyAllowContainerNamespaceJoin: _, ...asked } = docker;
    expect(world.fortress.posture.prepare.mock.lastCall?.[0]).toEqual({ ...asked, engine: "docker", switches: ["dangerouslyAllowContainerNamespaceJoin"], workspaceDir: "/ws", workspaceAccess: "ro" });
  });

  it("is prepared from OpenClaw's defaults where it asks for nothing", async () => {
    await world.create("podman", createParams("/ws"));
    expect(world.fortress.posture.prepare.mock.lastCall?.[0]).toMatchObject({ readOnlyRoot: true, capDrop: ["ALL"], tmpfs: [], switches: [], env: {} });
  });

  it("leaves the user and the filter to the engine where it names none", async () => {
    world.fortress.posture.prepare.mockReturnValue({ ...POSTURE, user: undefined, seccomp: undefined });
    const params = createParams("/ws", { user: "root" });
    await world.create("podman", params);
    expect(params.cfg.docker).not.toHaveProperty("user");
    expect(params.cfg.docker).not.toHaveProperty("seccompProfile");
  });

  it("that is refused creates nothing", async () => {
    world.fortress.posture.prepare.mockImplementation(() => {
      throw new FortressError("posture-refused", "network.", "none");
    });
    await expect(world.create("podman")).rejects.toThrow("fortress: network. Remedy: none");
    expect(world.log).toEqual([]);
  });

  it("is confirmed by the kernel after the limits, or there is no handle", async () => {
    await world.create("podman");
    expect(world.fortress.posture.confirm).toHaveBeenCalledExactlyOnceWith("podman", RUNTIME_ID, POSTURE, NOW);
    world.fortress.posture.confirm.mockRejectedValue(new FortressError("posture-not-applied", "open.", "Check."));
    await expect(world.create("podman")).rejects.toThrow("fortress: open. Remedy: Check.");
  });

  it("that changed recreates a container that OpenClaw keeps, once", async () => {
    world.fortress.posture.isOutdated.mockReturnValue(true);
    await world.create("podman");
    expect(world.log).toEqual(["furnish", "create podman", `admit podman ${RUNTIME_ID}`, `remove podman ${RUNTIME_ID}`, "create podman", `admit podman ${RUNTIME_ID}`]);
    expect(world.fortress.posture.confirm).toHaveBeenCalledTimes(1);
  });
});

describe("a hot container whose mounts changed", () => {
  const CHANGED = new Error(`Sandbox mounts changed for ${RUNTIME_ID}; the running container was preserved but cannot be reused with different filesystem sources or access modes. Recreate first: openclaw sandbox recreate --agent main`);
  beforeEach(() => {
    world.install();
    world.bases.podman.mockRejectedValueOnce(CHANGED);
  });

  it("is removed and created again", async () => {
    const params = createParams("/ws");
    await world.create("podman", params);
    expect(world.log).toEqual(["furnish", "create podman", `remove podman ${RUNTIME_ID}`, "create podman", `admit podman ${RUNTIME_ID}`]);
    expect(params.cfg.docker.binds).toEqual(MOUNTS.binds);
  });

  it("keeps its mounts while a command runs in it, and they count as its plan from then on", async () => {
    const kept = mounts("/old:/old:ro,z");
    world.fortress.busyWith.mockReturnValue(kept);
    const params = createParams("/ws");
    const sandbox = await world.create("podman", params);
    expect(world.log).toEqual(["furnish", "create podman", "create podman", `admit podman ${RUNTIME_ID}`]);
    expect(params.cfg.docker.binds).toEqual(kept.binds);
    expect(world.fortress.busyWith).toHaveBeenCalledExactlyOnceWith("podman", RUNTIME_ID, expect.objectContaining({ mounts: MOUNTS }));
    expect(world.fortress.admit.mock.lastCall?.[2].mounts).toBe(kept);
    await sandbox.buildExecSpec(EXEC);
    expect(world.fortress.exec.mock.lastCall?.[2].mounts).toBe(kept);
  });

  it("is tried once more, not for ever", async () => {
    world.bases.podman.mockRejectedValueOnce(CHANGED);
    await expect(world.create("podman")).rejects.toThrow(/^Sandbox mounts changed/);
    expect(world.removeContainer).toHaveBeenCalledTimes(1);
  });

  it("refuses when it cannot be removed", async () => {
    world.removeContainer.mockRejectedValue(new FortressError("engine-failed", "podman rm failed.", "Mend it."));
    await expect(world.create("podman")).rejects.toThrow("Remedy: Mend it.");
    expect(world.bases.podman).toHaveBeenCalledTimes(1);
  });
});

describe("an exec", () => {
  beforeEach(() => void world.install());

  it("gets secrets in its environment only, and not the gateway's PATH", async () => {
    const spec = await (await world.create("podman")).buildExecSpec(EXEC);
    expect(spec).toEqual({
      argv: ["podman", "exec", "-e", "KEY", "-i", CONTAINER_ID, "sh", "-lc", "export HOME='/workspace'; ls"],
      env: { HOST: "1", CALL: JSON.stringify({ HOME: "/nonexistent" }), KEY: "canary" },
      finalizeToken: "token",
    });
    expect(EXEC.env.PATH).toBe("/gateway/bin");
    expect(world.fortress.exec).toHaveBeenCalledExactlyOnceWith("podman", CONTAINER_ID, expect.objectContaining({ mounts: MOUNTS }), "main", expect.anything());
  });

  it.each([
    ["/it's", "export HOME='/it'\\''s'; ls"],
    [undefined, "export HOME='/nonexistent'; ls"],
  ])("starts its shell without the home %s, where a profile could be planted", async (home, command) => {
    const buildExecSpec = vi.fn<Handle["buildExecSpec"]>(async () => ({ argv: ["podman", "exec", CONTAINER_ID], env: {} }));
    world.bases.podman.mockResolvedValue(handle({ buildExecSpec }));
    await (await world.create("podman")).buildExecSpec({ ...EXEC, env: home === undefined ? {} : { HOME: home } });
    expect(buildExecSpec.mock.lastCall?.[0]).toMatchObject({ command, env: { HOME: "/nonexistent" } });
  });

  it.each([
    ["agent:main:main", "shared", "main"],
    ["agent:ops:main", "agent:main", "ops"],
    ["main", "agent:ops", "ops"],
    ["main", "shared", undefined],
  ])("of session %s in scope %s belongs to %s", async (sessionKey, scopeKey, agent) => {
    await (await world.create("podman", { ...createParams("/ws"), sessionKey, scopeKey })).buildExecSpec(EXEC);
    expect(world.fortress.exec.mock.lastCall?.[3]).toBe(agent);
  });

  it("keeps everything else of the handle", async () => {
    const runShellCommand = vi.fn(async () => ({ code: 7 }));
    world.bases.docker.mockResolvedValue(Object.assign(handle(), { runShellCommand, workdir: "/workspace" }));
    const made = await world.create("docker");
    expect(made).toMatchObject({ runtimeId: RUNTIME_ID, workdir: "/workspace" });
    expect(await made.runShellCommand!({ script: "x" })).toEqual({ code: 7 });
    expect(runShellCommand).toHaveBeenCalledExactlyOnceWith({ script: "x" });
  });

  it.each([
    ["without exec", ["podman", "run", CONTAINER_ID]],
    ["without the container's id", ["podman", "exec", RUNTIME_ID, "ls"]],
    ["with a short id", ["podman", "exec", CONTAINER_ID.slice(0, 12), "ls"]],
  ])("%s in its argv is refused and finished", async (_, argv) => {
    const finalizeExec = vi.fn<NonNullable<Handle["finalizeExec"]>>();
    world.bases.podman.mockResolvedValue(handle({ finalizeExec, buildExecSpec: async () => ({ argv, env: {}, finalizeToken: 7 }) }));
    const sandbox = await world.create("podman");
    await expect(sandbox.buildExecSpec(EXEC)).rejects.toThrow(/not of the form that fortress knows\. Remedy: Update/);
    expect(finalizeExec).toHaveBeenCalledExactlyOnceWith({ status: "failed", exitCode: null, timedOut: false, token: 7 });
  });

  it("is refused and finished when fortress refuses it", async () => {
    const finalizeExec = vi.fn<NonNullable<Handle["finalizeExec"]>>();
    world.bases.podman.mockResolvedValue(handle({ finalizeExec }));
    world.fortress.exec.mockRejectedValue(new FortressError("secrets-store-unsafe", "mode 0644.", "chmod 0600"));
    const sandbox = await world.create("podman");
    await expect(sandbox.buildExecSpec(EXEC)).rejects.toThrow("fortress: mode 0644. Remedy: chmod 0600");
    expect(finalizeExec).toHaveBeenCalledTimes(1);
  });

  it("is cleaned up after when it has ended, before its token goes back to OpenClaw", async () => {
    const log: string[] = [];
    const cleanUp = vi.fn(async () => void log.push("clean"));
    const finalizeExec = vi.fn<NonNullable<Handle["finalizeExec"]>>(async () => void log.push("finalize"));
    world.bases.podman.mockResolvedValue(handle({ finalizeExec }));
    world.fortress.exec.mockResolvedValueOnce({ argv: ["x"], env: {}, cleanUp });
    const sandbox = await world.create("podman");
    const result = { status: "failed", exitCode: null, timedOut: true } as const;
    const spec = await sandbox.buildExecSpec(EXEC);
    await sandbox.finalizeExec!({ ...result, token: spec.finalizeToken });
    expect(log).toEqual(["clean", "finalize"]);
    expect(finalizeExec).toHaveBeenLastCalledWith({ ...result, token: "token" });
    await sandbox.finalizeExec!({ ...result, token: "another" });
    expect(cleanUp).toHaveBeenCalledTimes(1);
    expect(finalizeExec).toHaveBeenLastCalledWith({ ...result, token: "another" });
  });

  it("is finished for OpenClaw when cleaning up fails, and the failure is shown", async () => {
    const finalizeExec = vi.fn<NonNullable<Handle["finalizeExec"]>>();
    world.bases.podman.mockResolvedValue(handle({ finalizeExec }));
    world.fortress.exec.mockResolvedValueOnce({ argv: ["x"], env: {}, cleanUp: () => Promise.reject(new Error("gone")) });
    const sandbox = await world.create("podman");
    const { finalizeToken: token } = await sandbox.buildExecSpec(EXEC);
    await expect(sandbox.finalizeExec!({ status: "completed", exitCode: 0, timedOut: false, token })).rejects.toThrow("gone");
    expect(finalizeExec).toHaveBeenCalledTimes(1);
  });

  it("is fed through OpenClaw's own way into the container, or refused where there is none", async () => {
    const runShellCommand = vi.fn<NonNullable<Handle["runShellCommand"]>>();
    world.bases.podman.mockResolvedValueOnce(handle({ runShellCommand }));
    world.fortress.exec.mockImplementation(async (_engine, _id, _plan, _agent, { feed }) => (await feed("cat", ["a"], "text"), { argv: [], env: {} }));
    await (await world.create("podman")).buildExecSpec(EXEC);
    expect(runShellCommand).toHaveBeenCalledExactlyOnceWith({ script: "cat", args: ["a"], stdin: "text" });
    await expect((await world.create("podman")).buildExecSpec(EXEC)).rejects.toThrow(/not of the form that fortress knows/);
  });

  it("is not possible on a handle of another form", async () => {
    world.bases.podman.mockResolvedValue({ runtimeId: RUNTIME_ID } as Handle);
    await expect(world.create("podman")).rejects.toThrow(/Remedy: Update openclaw-fortress/);
  });
});

describe("the backend fortress", () => {
  beforeEach(() => void world.install());

  it.each(["podman", "docker"] as const)("is %s where that is chosen", async (engine) => {
    world.chooseEngine.mockReturnValue(engine);
    await world.create("fortress", createParams(tempDir()));
    expect(world.log).toEqual(["furnish", `create ${engine}`, `admit ${engine} ${RUNTIME_ID}`]);
  });
});
