import { describe, expect, it, vi } from "vitest";
import { createStoreEdge } from "../../src/edge/files.ts";
import { createFolders } from "../../src/edge/folders.ts";
import { createLedger } from "../../src/edge/ledger.ts";
import { createLockdownFile } from "../../src/edge/lockdown.ts";
import { createQuarantineFile } from "../../src/edge/quarantine.ts";
import { privateFiles } from "../../src/edge/private-files.ts";
import { createTreeWalker } from "../../src/edge/tree.ts";
import type { Edges } from "../../src/flows/core.ts";
import { createFortress } from "../../src/fortress.ts";
import type { PostureEdge } from "../../src/model/ports.ts";
import type { AccessMode, Container } from "../../src/model/sandbox.ts";
import { noBackups } from "../fixtures/backup.ts";
import { container, LIMITS } from "../fixtures/container.ts";
import { isolationEdge } from "../fixtures/isolation.ts";
import { errorOf, rejectionOf } from "../fixtures/errors.ts";
import { emptyDisk, idleMaintenance, stillWatch } from "../fixtures/watch.ts";
import { fakeEngine } from "../fixtures/engine.ts";
import { createHome, REQUESTED } from "../fixtures/home.ts";
import { cgroup, kernel, kernelMount, type KernelFiles } from "../fixtures/kernel.ts";
import { CLOSED_PROCESS, postureEdge, postureRequest } from "../fixtures/posture.ts";

const NAME = "openclaw-sbx-main";
const FILTER = "/state/filter.json";
const SINCE = 1_000;
const OPEN = { "/proc/4711/status": CLOSED_PROCESS["/proc/4711/status"]!.replace("Seccomp:\t2", "Seccomp:\t0") };

interface Options {
  readonly config?: unknown;
  readonly edge?: Partial<PostureEdge>;
  readonly files?: KernelFiles;
  readonly seccomp?: string;
  /** That it was made with. */
  readonly network?: string;
  readonly createdAt?: number;
  readonly tasks?: number;
  readonly visible?: boolean;
  readonly mode?: AccessMode;
}

/** Fortress over one running container, admitted with all its limits. */
async function setUp({ config = {}, edge = {}, files = {}, seccomp = FILTER, network = "none", createdAt = 0, tasks = 2, visible = true, mode = "rw" }: Options = {}) {
  const home = createHome();
  const one: Container = container({ name: NAME, labels: { "openclaw.createdAtMs": String(createdAt), "openclaw.sessionKey": "agent:main" }, binds: [{ source: home.workspace, target: "/workspace", mode }], seccomp, network });
  const remove = vi.fn(async () => {});
  const posture = postureEdge(edge);
  const edges: Edges = {
    ...{ home: home.dir, stateDir: home.stateDir, layout: home.facts().layout, machine: { cpus: 64, memory: 2 ** 40 } },
    engine: () => fakeEngine({ inspect: async () => one, sandboxes: async () => [one], update: async () => {}, remove }),
    storeEdge: createStoreEdge(0),
    secrets: { surroundings: () => ({ inGateway: true, environment: {}, plaintext: [] }), agents: () => ["main"], onNew: () => {} },
    privateFiles,
    scan: { walker: createTreeWalker, describe: { container: async () => "", image: async () => "" }, now: () => 0 },
    readKernel: kernel({
      ...CLOSED_PROCESS,
      "/proc/4711/cgroup": "0::/c\n",
      "/sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n",
      ...cgroup("/sys/fs/cgroup/c", { "memory.max": String(LIMITS.memory), "memory.swap.max": "0", "cpu.max": `${LIMITS.cpus * 1e5} 100000`, "pids.max": String(LIMITS.pids), "pids.current": String(tasks) }),
      ...files,
    }),
    processIdentity: () => "1",
    isVisible: () => visible,
    readMounts: () => [kernelMount("/workspace", mode)],
    exists: () => false,
    ...{ configFile: `${home.stateDir}/openclaw.json`, guarded: [], folders: createFolders(`${home.stateDir}/fortress`) },
    posture,
    ledger: createLedger(`${home.stateDir}/fortress`, Date.now),
    isolation: isolationEdge(),
    watch: stillWatch,
    disk: emptyDisk,
    maintenance: idleMaintenance,
    backup: noBackups,
    lockdown: createLockdownFile(`${home.stateDir}/fortress`),
    quarantine: createQuarantineFile(`${home.stateDir}/fortress`),
  };
  const fortress = createFortress({ ...(config as object), limits: { onFailure: "warn" } }, edges);
  const plan = fortress.plan({ ...REQUESTED, agentId: "main", workspace: home.facts().workspace, nativeLimits: {} });
  await fortress.admit("podman", NAME, plan, 0);
  return { fortress, home, posture: fortress.posture, remove, container: one, status: () => fortress.status(() => ({ engines: ["podman"], workspaces: [], findings: [] })) };
}

describe("preparing a posture", () => {
  it("puts the profile on disk and names it", async () => {
    const writeProfile = vi.fn(() => FILTER);
    const { posture } = await setUp({ edge: { writeProfile } });
    const settings = posture.prepare(postureRequest());
    expect(settings.seccomp?.path).toBe(FILTER);
    expect(writeProfile).toHaveBeenCalledExactlyOnceWith(settings.seccomp?.text);
  });

  it("hands a root gateway's workspace over, and no other", async () => {
    const handOver = vi.fn();
    const { posture } = await setUp({ edge: { handOver } });
    posture.prepare(postureRequest());
    expect(handOver).not.toHaveBeenCalled();
    const { posture: ofRoot, home } = await setUp({ edge: { handOver, gatewayUid: 0, ownerOf: () => ({ uid: 0, gid: 0, mode: 0o700 }) } });
    expect(ofRoot.prepare(postureRequest({ workspaceDir: home.workspace })).user).toBe("65532:65532");
    expect(handOver).toHaveBeenCalledExactlyOnceWith(home.workspace, { uid: 65_532, gid: 65_532 });
  });

  it("gives away no folder that only a link puts into the state directory", async () => {
    const handOver = vi.fn();
    const { posture, home } = await setUp({ edge: { handOver, gatewayUid: 0, ownerOf: () => ({ uid: 0, gid: 0, mode: 0o700 }) } });
    home.link(".openclaw/linked", "/etc");
    expect(errorOf(() => posture.prepare(postureRequest({ workspaceDir: `${home.stateDir}/linked` }))).code).toBe("posture-refused");
    expect(handOver).not.toHaveBeenCalled();
  });

  it("writes nothing where the engine's own filter or a file is wanted", async () => {
    const writeProfile = vi.fn();
    const text = '{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[]}';
    for (const [seccomp, expected] of [["engine", undefined], ["/own.json", { path: "/own.json", text }]] as const) {
      const { posture } = await setUp({ config: { posture: { seccomp } }, edge: { writeProfile, readText: () => text } });
      expect(posture.prepare(postureRequest()).seccomp).toEqual(expected);
    }
    expect(writeProfile).not.toHaveBeenCalled();
  });

  it("prepares nothing of what is refused", async () => {
    const handOver = vi.fn();
    const { posture } = await setUp({ edge: { handOver, gatewayUid: 0, ownerOf: () => ({ uid: 0, gid: 0, mode: 0o700 }) } });
    expect(errorOf(() => posture.prepare(postureRequest({ network: "host" }))).code).toBe("posture-refused");
    expect(handOver).not.toHaveBeenCalled();
  });
});

describe("a sandbox that is there already", () => {
  it.each<[string, Options, boolean]>([
    ["as it should be", { config: { posture: { tmpfs: "64m" } } }, false],
    ["with another size in memory", { config: { posture: { tmpfs: "1g" } } }, true],
    ["without a filter", { files: OPEN }, true],
    ["with another filter", { seccomp: "/old.json" }, true],
    ["with another filter, while a command runs in it", { seccomp: "/old.json", tasks: 3 }, false],
    ["with a network that is no more asked for", { network: "bridge" }, true],
    ["with a network that is no more asked for, while a command runs in it", { network: "bridge", tasks: 3 }, false],
    ["out of sight", { seccomp: "/old.json", visible: false }, false],
  ])("%s is outdated: %s", async (_, options, outdated) => {
    const { posture } = await setUp(options);
    expect(posture.isOutdated("podman", NAME, posture.prepare(postureRequest()))).toBe(outdated);
  });
});

describe("a sandbox that was just made", () => {
  it.each<[string, Options, boolean]>([
    ["closed", { createdAt: SINCE }, false],
    ["open", { createdAt: SINCE, files: OPEN }, true],
    ["open, but older than this turn", { createdAt: SINCE - 1, files: OPEN }, false],
  ])("%s is ended: %s", async (_, options, ended) => {
    const { posture, remove } = await setUp(options);
    const confirmed = posture.confirm("podman", NAME, posture.prepare(postureRequest()), SINCE);
    if (ended) expect(await rejectionOf(confirmed)).toMatchObject({ code: "posture-not-applied", message: expect.stringContaining("no filter of system calls") as string });
    else await confirmed;
    expect(remove).toHaveBeenCalledTimes(ended ? 1 : 0);
  });
});

describe("the status", () => {
  it("is hardened and shows the kernel's word", async () => {
    const { status } = await setUp();
    expect(await status()).toMatchObject({ verdict: "hardened", sandboxes: [{ posture: { uid: 65_532, seccomp: 2, capabilities: false, interfaces: [] } }] });
  });

  it.each<[string, Options, string, string]>([
    ["an open sandbox", { files: OPEN }, "exposed", "posture.no-seccomp"],
    ["a sandbox of which something can't be read", { files: { "/proc/4711/limits": "" } }, "unknown", "posture.unseen"],
    ["a root gateway's sandbox with a closed folder", { edge: { gatewayUid: 0, ownerOf: () => ({ uid: 0, gid: 0, mode: 0o700 }) }, mode: "ro" }, "hardened", "posture.folders-closed"],
    ["a root gateway's sandbox that can't write where it should", { edge: { gatewayUid: 0, ownerOf: () => ({ uid: 0, gid: 0, mode: 0o755 }) }, mode: "rw" }, "attention", "posture.folders-unwritable"],
    ["an old runtime", { edge: { runtimeVersion: async () => "runc version 1.1.0" } }, "hardened", "posture.runtime-old"],
  ])("of %s says so", async (_, options, verdict, id) => {
    const { status } = await setUp(options);
    const report = await status();
    expect(report.verdict).toBe(verdict);
    expect(report.findings.map((finding) => finding.id)).toContain(id);
  });

  it("asks nobody but the program that started a sandbox what it is", async () => {
    const runtimeVersion = vi.fn(async () => "runc version 1.1.0");
    const started = { "/proc/4711/stat": "4711 (init) S 815", "/proc/815/comm": "conmon", "/proc/815/cmdline": "conmon\0-r\0/usr/bin/runc\0" };
    const { status } = await setUp({ edge: { runtimeVersion }, files: started });
    await status();
    expect(runtimeVersion.mock.calls).toEqual([["podman", "/usr/bin/runc"]]);
  });

  it("says of a sandbox with another filter that it has to be made anew", async () => {
    const { posture, status } = await setUp({ seccomp: "/old.json", config: { posture: { tmpfs: "64m" } } });
    await posture.confirm("podman", NAME, posture.prepare(postureRequest()), SINCE);
    expect((await status()).findings).toMatchObject([{ id: "posture.seccomp-other", remedy: expect.stringContaining("openclaw sandbox recreate") as string }]);
  });

  it("keeps the plan's own findings", async () => {
    const { posture, status } = await setUp();
    await posture.confirm("podman", NAME, posture.prepare(postureRequest({ gpus: "all" })), SINCE);
    expect((await status()).findings).toMatchObject([{ id: "posture.gpus" }, { id: "posture.outdated", detail: expect.stringContaining("instead of 1 GiB") as string }]);
  });
});
