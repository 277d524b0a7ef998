import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isDark, isOpen } from "../../src/model/check.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import { startDocker, type Docker } from "../support/docker.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { findInSandbox, findOnDisk, watchArgv } from "../support/leaks.ts";
import { livedIn, PUBLIC_TEXT } from "../support/lived-in.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";
import { parseCalls, TRY_CALLS } from "../support/syscalls.ts";
import { describeOpen, examinationOf, idsOf, REMAINING, verifyByCli } from "../support/verify.ts";

const quiet = { log: () => {} };

/** More CPUs than any machine has: Docker refuses what it can't give. */
const LIMITS = { memory: "512m", cpus: 4096, pids: 200 };

/** One gateway, one Docker, two ways to choose it. */
const AGENTS = [
  { agent: "main", backend: "docker" },
  { agent: "closed", backend: "fortress" },
] as const;

const home = livedIn();
let docker: Docker;
let model: ScriptedModel;
let gateway: Gateway;

beforeAll(async () => {
  docker = await startDocker(quiet);
  model = await startScriptedModel();
  gateway = await startGateway({
    engine: await prepareEngine(quiet),
    docker,
    model,
    pluginDir: PLUGIN_DIR,
    pluginConfig: { engine: "docker", limits: LIMITS },
    config: { agents: { entries: Object.fromEntries(AGENTS.map(({ agent, backend }) => [agent, { sandbox: { backend } }])) } },
    seed: home.seed,
  });
});
afterAll(async () => {
  await gateway?.dispose();
  await model?.close();
  await docker?.stop();
});

describe.each(AGENTS)("a sandbox of backend $backend, run by Docker", ({ agent }) => {
  const turn = { agent };
  const workspace = () => join(gateway.stateDir, `workspace-${agent}`);

  /** The one sandbox of this agent, as the daemon describes it. */
  async function container(): Promise<{ pid: number; text: string }> {
    const text = await docker.docker(["inspect", ...(await gateway.containers())]);
    const all = JSON.parse(text) as { State: { Pid: number }; Config: { Labels: Record<string, string> } }[];
    const [only, ...others] = all.filter(({ Config }) => new RegExp(`^agent:${agent}(:|$)`).test(Config.Labels["openclaw.sessionKey"]!));
    expect(others).toEqual([]);
    return { pid: only!.State.Pid, text };
  }

  it("has the granular mounts and the workspace at every path, to exec and to the file tools", async () => {
    const { stateDir } = gateway;
    const output = await gateway.exec(
      [
        `cat ${stateDir}/skills/example/notes.md`,
        `{ echo x >> ${stateDir}/skills/example/notes.md; } 2>/dev/null || echo READ-ONLY`,
        `touch /agent-workspace/.test && ls -d ${workspace()}/.test /workspace/.test`,
        `ls -A ${stateDir}`,
      ].join("\n"),
      turn,
    );
    const lines = output.split("\n");
    expect(lines).toEqual(expect.arrayContaining([PUBLIC_TEXT, "READ-ONLY", `${workspace()}/.test`, "/workspace/.test", "extensions", "skills"]));
    for (const hidden of ["credentials", "openclaw.json.bak", "logs", ".env", "identity", "state"]) expect(lines).not.toContain(hidden);
    await gateway.tool("write", { path: "/agent-workspace/from-tool.txt", content: "hello" }, turn);
    expect(await gateway.exec("cat /workspace/from-tool.txt", turn)).toContain("hello");
  });

  it("shows no canary to exec nor to the read tool", async () => {
    expect((await gateway.exec(findInSandbox(home.canary), turn)).trim()).toBe("searched");
    const output = await gateway.tool("read", { path: join(gateway.stateDir, "credentials/note.txt") }, turn);
    expect(output).toMatch(/error|not found/i);
    expect(output).not.toContain(home.canary);
  });

  it("gives the key to exec, and neither to the daemon's records nor to any command line", async () => {
    const { name, value } = home.key;
    const watch = watchArgv();
    const output = await gateway.exec(`printf %s "$${name}" | sha256sum; sleep 1`, turn);
    const argv = await watch.stop();
    expect(output).toContain(createHash("sha256").update(value).digest("hex"));

    // The watch saw the engine's exec, or its silence about the value would prove nothing.
    expect(argv.some((line) => /^\S*docker /.test(line) && line.includes(`exec -e ${name} `))).toBe(true);
    expect(argv.filter((line) => line.includes(value))).toEqual([]);
    expect((await container()).text).not.toContain(value);
    expect(await findOnDisk(value, [await docker.docker(["info", "--format", "{{.DockerRootDir}}"]), gateway.stateDir])).toEqual([]);
  });

  it("has the wanted limits in its cgroup, the CPUs clipped to the machine", async () => {
    await gateway.exec("true", turn);
    expect(cgroupOf((await container()).pid)).toEqual({ memory: 512 * 2 ** 20, memorySwap: 512 * 2 ** 20, cpus: cpus().length, pids: LIMITS.pids });
  });
});

describe("the isolation suite, Docker", () => {
  it("finds nothing open but what Docker cannot be told", async () => {
    await gateway.exec("true");
    const examination = examinationOf(await verifyByCli(gateway, ["--agent", "main"]), "main");
    // It has no word for nosuid and nodev on a bind; the status says so.
    expect(idsOf(examination, isOpen), describeOpen(examination)).toEqual(["filesystem.nosuid-nodev"]);
    expect(idsOf(examination, ({ state, severity }) => state === "fail" && severity === "info").filter((id) => !REMAINING.includes(id)), describeOpen(examination)).toEqual([]);
    expect(idsOf(examination, isDark), describeOpen(examination)).toEqual([]);
  });

  it("has a filter that answers every denied system call", async () => {
    const answers = parseCalls(await gateway.exec(TRY_CALLS));
    expect(answers.size).toBeGreaterThan(40);
    expect([...answers].filter(([, errno]) => errno !== 1 && errno !== 38)).toEqual([]);
  });
});

describe("/fortress status with Docker", () => {
  it("is HARDENED and names both sandboxes with their engine", async () => {
    const status = await gateway.chat("/fortress status full");
    expect(status).toMatch(/^fortress: HARDENED/);
    for (const { agent } of AGENTS) expect(status).toContain(`(docker, agent ${agent}, running)`);
    expect(status).not.toContain("podman");
    expect(status).toContain(`clipped to ${cpus().length} CPUs`);
    expect(status).toContain(home.key.name);
    for (const secret of [home.key.value, home.canary, gateway.token]) expect(status).not.toContain(secret);
  });
});

/** Limits straight from the container's own cgroup, by the file names of cgroups(7). */
function cgroupOf(pid: number): { memory: number; memorySwap: number; cpus: number; pids: number } {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n").map((line) => line.split(":"));
  const unified = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const numbers = (controller: string, file: string): number[] => {
    const path = lines.find(([, names]) => (unified ? names === "" : names!.split(",").includes(controller)))![2]!;
    return readFileSync(join("/sys/fs/cgroup", unified ? "" : controller, path, file), "utf8").trim().split(" ").map(Number);
  };
  if (unified) {
    const [[memory], [swap], [quota, period], [pids]] = [numbers("", "memory.max"), numbers("", "memory.swap.max"), numbers("", "cpu.max"), numbers("", "pids.max")];
    return { memory: memory!, memorySwap: memory! + swap!, cpus: quota! / period!, pids: pids! };
  }
  const one = (controller: string, file: string): number => numbers(controller, file)[0]!;
  return {
    memory: one("memory", "memory.limit_in_bytes"),
    memorySwap: one("memory", "memory.memsw.limit_in_bytes"),
    cpus: one("cpu", "cpu.cfs_quota_us") / one("cpu", "cpu.cfs_period_us"),
    pids: one("pids", "pids.max"),
  };
}
