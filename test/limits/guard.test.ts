import { describe, expect, it } from "vitest";
import { createLimitGuard, type AdmitOptions, type GuardEdge, type LimitGuard } from "../../src/limits/guard.ts";
import type { Container, Limits } from "../../src/model/sandbox.ts";
import { container, GIB, LIMITS } from "../fixtures/container.ts";
import { rejectionOf } from "../fixtures/errors.ts";
import { cgroup, kernel } from "../fixtures/kernel.ts";

const NAME = "openclaw-sbx-main";
const UNLIMITED: Limits = { memory: Infinity, memorySwap: Infinity, cpus: Infinity, pids: Infinity };
const CREATED_AT = 1_000;

/** One engine with one container, and the kernel below it. */
class World implements GuardEdge {
  container: Container | undefined = container({ name: NAME, labels: { "openclaw.createdAtMs": String(CREATED_AT) } });
  /** What the kernel enforces. */
  enforced: Limits = UNLIMITED;
  /** Start time of the process that has the container's pid. */
  identity: string | undefined = "100";
  /** What the engine says to an update; undefined when it applies it. */
  refusal: string | undefined;
  readonly calls: string[] = [];

  readonly inspect = async (name: string): Promise<Container | undefined> => {
    this.calls.push(`inspect ${name}`);
    return this.container;
  };
  readonly update = async (id: string, limits: Limits): Promise<void> => {
    this.calls.push(`update ${id === this.container?.id ? "id" : id}`);
    if (this.refusal !== undefined) throw new Error(this.refusal);
    this.enforced = limits;
  };
  readonly remove = async (id: string): Promise<void> => {
    this.calls.push(`remove ${id === this.container?.id ? "id" : id}`);
    this.container = undefined;
  };
  /** False in front of a virtual machine: the pid belongs to somebody else here. */
  visible = true;
  readonly processIdentity = (pid: number): string | undefined => (pid === 4711 ? this.identity : undefined);
  readonly isVisible = (): boolean => this.visible;
  readonly readKernel = (path: string): string | undefined => {
    const { memory, memorySwap, cpus, pids } = this.enforced;
    const text = (value: number): string => (value === Infinity ? "max" : String(value));
    return kernel({
      "/proc/4711/cgroup": "0::/sandbox\n",
      "/sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
      ...cgroup("/sys/fs/cgroup/sandbox", {
        "memory.max": text(memory),
        "memory.swap.max": memory === Infinity ? "max" : String(memorySwap - memory),
        "cpu.max": cpus === Infinity ? "max 100000" : `${cpus * 100_000} 100000`,
        "pids.max": text(pids),
      }),
    })(path);
  };

  /** The calls since the last time. */
  takeCalls(): string[] {
    return this.calls.splice(0);
  }
}

const OPTIONS: AdmitOptions = { wanted: LIMITS, onFailure: "refuse", since: CREATED_AT };

function setUp(changes: Partial<World> = {}): { world: World; guard: LimitGuard } {
  const world = Object.assign(new World(), changes);
  return { world, guard: createLimitGuard(world) };
}

describe("admission", () => {
  it("updates a container whose limits are not in force and reads them back", async () => {
    const { world, guard } = setUp();
    expect(await guard.admit(NAME, OPTIONS)).toEqual({ container: world.container, wanted: LIMITS, shortfalls: [], refusal: undefined });
    expect(world.takeCalls()).toEqual([`inspect ${NAME}`, "update id"]);
    expect(world.enforced).toEqual(LIMITS);
  });

  it("leaves a container alone whose limits are in force to the letter", async () => {
    const { world, guard } = setUp({ enforced: LIMITS });
    await guard.admit(NAME, OPTIONS);
    expect(world.takeCalls()).toEqual([`inspect ${NAME}`]);
  });

  it("starts no process for a container whose admission stands, by name or id", async () => {
    const { world, guard } = setUp();
    const admission = await guard.admit(NAME, OPTIONS);
    world.takeCalls();
    expect(await guard.admit(NAME, OPTIONS)).toBe(admission);
    expect(await guard.admit(NAME, { ...OPTIONS, wanted: { ...LIMITS } })).toBe(admission);
    expect(await guard.admit(admission.container.id, OPTIONS)).toBe(admission);
    expect(world.takeCalls()).toEqual([]);
  });

  it.each<[string, Partial<Limits>]>([
    ["memory", { memory: GIB }],
    ["memorySwap", { memorySwap: 9 * GIB }],
    ["cpus", { cpus: 1 }],
    ["pids", { pids: 64 }],
  ])("follows a change of %s", async (_, change) => {
    const { world, guard } = setUp();
    await guard.admit(NAME, OPTIONS);
    const wanted = { ...LIMITS, ...change };
    expect((await guard.admit(NAME, { ...OPTIONS, wanted })).wanted).toEqual(wanted);
    expect(world.enforced).toEqual(wanted);
  });

  it("makes limits exact that are tighter than wanted", async () => {
    const { world, guard } = setUp({ enforced: { ...LIMITS, pids: 10 } });
    await guard.admit(NAME, OPTIONS);
    expect(world.enforced).toEqual(LIMITS);
  });
});

describe("refusal", () => {
  it("believes the kernel and not the engine, and takes back what OpenClaw just created", async () => {
    const { world, guard } = setUp({ refusal: "podman update failed: controllers missing" });
    const error = await rejectionOf(guard.admit(NAME, OPTIONS));
    expect(error.code).toBe("limits-not-applied");
    for (const text of [NAME, "memory: wanted 8 GiB, the kernel says unlimited", "CPUs:", "PIDs:", "podman update failed: controllers missing"]) expect(error.message).toContain(text);
    expect(error.remedy).toContain("delegated controllers");
    expect(world.takeCalls()).toEqual([`inspect ${NAME}`, "update id", "remove id"]);
    expect(guard.last(NAME)).toBeUndefined();
  });

  it("refuses when the engine says yes and the kernel says no", async () => {
    const { world, guard } = setUp();
    const silent = createLimitGuard({ ...world, update: async () => undefined });
    expect((await rejectionOf(silent.admit(NAME, OPTIONS))).code).toBe("limits-not-applied");
    expect(guard.last(NAME)).toBeUndefined();
  });

  it.each([
    ["an older container", { "openclaw.createdAtMs": String(CREATED_AT - 1) }, CREATED_AT],
    ["a container of unknown age", {}, CREATED_AT],
    ["a container with a false age", { "openclaw.createdAtMs": "soon" }, CREATED_AT],
    ["any container at an exec", { "openclaw.createdAtMs": String(CREATED_AT) }, Infinity],
  ])("never removes %s: it may hold work", async (_, labels, since) => {
    const { world, guard } = setUp({ refusal: "no", container: container({ name: NAME, labels }) });
    expect((await rejectionOf(guard.admit(NAME, { ...OPTIONS, since }))).code).toBe("limits-not-applied");
    expect(world.takeCalls()).not.toContain("remove id");
  });

  it("accepts a refused update where the kernel has tighter limits", async () => {
    const { guard } = setUp({ refusal: "no", enforced: { ...LIMITS, memory: GIB, memorySwap: GIB } });
    expect(await guard.admit(NAME, OPTIONS)).toMatchObject({ shortfalls: [], refusal: "no" });
  });
});

describe("warn", () => {
  const WARN: AdmitOptions = { ...OPTIONS, onFailure: "warn" };

  it("keeps the container, with what is missing and the engine's refusal", async () => {
    const { world, guard } = setUp({ refusal: "no", enforced: { ...LIMITS, pids: Infinity } });
    expect(await guard.admit(NAME, WARN)).toMatchObject({ shortfalls: ["PIDs: wanted 512, the kernel says unlimited"], refusal: "no" });
    expect(world.takeCalls()).toEqual([`inspect ${NAME}`, "update id"]);
  });

  it("does not try again as long as nothing else is missing", async () => {
    const { world, guard } = setUp({ refusal: "no", enforced: { ...LIMITS, pids: Infinity } });
    const admission = await guard.admit(NAME, WARN);
    world.takeCalls();
    expect(await guard.admit(NAME, WARN)).toBe(admission);
    expect(guard.standing(admission.container.id)).toBe(admission);
    expect(world.takeCalls()).toEqual([]);
    world.enforced = UNLIMITED;
    expect(guard.standing(admission.container.id)).toBeUndefined();
  });

  it("does not satisfy who refuses", async () => {
    const { guard } = setUp({ refusal: "no" });
    await guard.admit(NAME, WARN);
    expect((await rejectionOf(guard.admit(NAME, OPTIONS))).code).toBe("limits-not-applied");
  });
});

describe("standing", () => {
  it("knows an admitted container by its id, and no other", async () => {
    const { world, guard } = setUp();
    expect(guard.standing(container().id)).toBeUndefined();
    const admission = await guard.admit(NAME, OPTIONS);
    world.takeCalls();
    expect(guard.standing(admission.container.id)).toBe(admission);
    expect(guard.standing("d".repeat(64))).toBeUndefined();
    expect(world.takeCalls()).toEqual([]);
  });

  it.each<[string, Partial<World>]>([
    ["the limits were loosened", { enforced: UNLIMITED }],
    ["one limit was loosened", { enforced: { ...LIMITS, memorySwap: 16 * GIB } }],
    ["the process ended", { identity: undefined }],
    ["another process has its pid", { identity: "200" }],
  ])("ends when %s; the next admission asks the engine again", async (_, change) => {
    const { world, guard } = setUp();
    const { container: admitted } = await guard.admit(NAME, OPTIONS);
    world.takeCalls();
    Object.assign(world, change);
    expect(guard.standing(admitted.id)).toBeUndefined();
    expect(guard.last(NAME)?.container).toBe(admitted);
    expect([guard.knows(NAME), guard.knows(admitted.id), guard.knows("f".repeat(64))]).toEqual([true, true, false]);
    expect(world.takeCalls()).toEqual([]);
    await guard.admit(NAME, OPTIONS).catch(() => undefined);
    expect(world.takeCalls()[0]).toBe(`inspect ${NAME}`);
  });

  it("is one for a container, whether it was admitted by name or by id", async () => {
    const { world, guard } = setUp();
    const first = await guard.admit(NAME, OPTIONS);
    world.identity = "200";
    const second = await guard.admit(first.container.id, OPTIONS);
    expect(second).not.toBe(first);
    expect(guard.last(NAME)).toBe(second);
    expect(guard.standing(first.container.id)).toBe(second);
  });

  it("moves to the container that takes the name", async () => {
    const { world, guard } = setUp();
    const { container: old } = await guard.admit(NAME, OPTIONS);
    world.container = container({ name: NAME, id: "d".repeat(64) });
    world.identity = "200";
    await guard.admit(NAME, OPTIONS);
    expect(guard.standing(old.id)).toBeUndefined();
    expect(guard.standing("d".repeat(64))).toBeDefined();
  });
});

describe("a container in a virtual machine", () => {
  it("has unknown limits, which is no pass, even where another process of this host has its pid", async () => {
    const { guard } = setUp({ visible: false, enforced: LIMITS });
    const error = await rejectionOf(guard.admit(NAME, OPTIONS));
    expect(error.code).toBe("limits-not-applied");
    expect(error.message).toContain("the kernel says unknown");
    expect(error.remedy).toContain("on the host of the engine");
  });

  it("runs by choice, limited as far as the engine goes, and is not asked for again every time", async () => {
    const { world, guard } = setUp({ visible: false });
    const admission = await guard.admit(NAME, { ...OPTIONS, onFailure: "warn" });
    expect(admission.shortfalls).toHaveLength(4);
    expect(world.takeCalls()).toEqual([`inspect ${NAME}`, "update id"]);
    expect(guard.standing(admission.container.id)).toBe(admission);
    await guard.admit(NAME, { ...OPTIONS, onFailure: "warn" });
    expect(world.takeCalls()).toEqual([]);
  });
});

describe("a container that is not there", () => {
  it.each<[string, Partial<World>]>([
    ["is not there", { container: undefined }],
    ["is stopped", { container: container({ name: NAME, running: false, pid: 0 }) }],
    ["is stopped and another process has its pid", { container: container({ name: NAME, running: false }) }],
  ])("is unknown when it %s", async (_, change) => {
    const { world, guard } = setUp(change);
    const error = await rejectionOf(guard.admit(NAME, OPTIONS));
    expect(error.code).toBe("sandbox-unknown");
    expect(error.message).toContain(NAME);
    expect(world.takeCalls()).toEqual([`inspect ${NAME}`]);
  });

  it("passes on that the engine failed", async () => {
    const { world } = setUp();
    const guard = createLimitGuard({ ...world, inspect: () => Promise.reject(new Error("engine down")) });
    await expect(guard.admit(NAME, OPTIONS)).rejects.toThrow("engine down");
  });
});
