import { mkdir, writeFile, chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readLimits } from "../../src/limits/cgroup.ts";
import { readKernelFile } from "../../src/edge/kernel.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import type { Json } from "../support/gateway-config.ts";
import { watchArgv } from "../support/leaks.ts";
import { livedIn, secretsFile, type LivedIn } from "../support/lived-in.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

const GIB = 2 ** 30;

describe("every sandbox goes through fortress", () => {
  let model: ScriptedModel;
  let gateway: Gateway;
  let home: LivedIn;

  beforeAll(async () => {
    model = await startScriptedModel();
    home = livedIn();
    gateway = await startGateway({
      engine: await prepareEngine({ log: () => {} }),
      model,
      pluginDir: PLUGIN_DIR,
      seed: home.seed,
      config: { agents: { entries: { main: { default: true }, solo: { sandbox: { scope: "session" } }, closed: { sandbox: { backend: "fortress" } }, crowd: { sandbox: { scope: "shared", workspaceAccess: "none" } } } } },
    });
  });
  afterAll(async () => {
    await gateway?.dispose();
    await model?.close();
  });

  /** The one container of an agent's last exec, from inside: its host name is the short id. */
  async function container(agent = "main"): Promise<{ id: string; pid: number }> {
    const short = (await gateway.exec("cat /etc/hostname", { agent })).trim();
    const [id, pid] = (await gateway.engine.podman(["inspect", "--format", "{{.Id}} {{.State.Pid}}", short])).split(" ");
    return { id: id!, pid: Number(pid) };
  }

  async function refusal(agent = "main"): Promise<string> {
    const { text, isError } = await gateway.turn(callMarker("exec", { command: "echo RAN" }), { agent });
    expect(isError).toBe(true);
    expect(text).not.toContain("RAN");
    return text;
  }

  async function configure(config: Json): Promise<void> {
    await gateway.updateConfig((current) => {
      const plugins = current.plugins as { entries: { fortress: Json } };
      return { ...current, plugins: { entries: { fortress: { ...plugins.entries.fortress, ...config } } } };
    });
  }

  it("limits the sandbox as the kernel sees it, clipped to the machine", async () => {
    const { pid } = await container();
    const limits = readLimits(readKernelFile, pid);
    expect(limits.memory).toBeLessThanOrEqual(8 * GIB);
    expect(limits.memorySwap).toBe(limits.memory);
    expect(limits.cpus).toBeLessThanOrEqual(4);
    expect(limits.pids).toBe(512);
    expect(await gateway.chat("/fortress status")).toMatch(/^fortress: HARDENED/);
  });

  it.each(["solo", "closed", "crowd"])("hardens the sandbox of agent %s, whatever its scope and backend", async (agent) => {
    const output = await gateway.exec(`ls -d /agent-workspace ${gateway.stateDir}/skills; ls ${gateway.stateDir}/credentials; cat ${gateway.stateDir}/agents/main/sessions/note.txt`, { agent });
    expect(output).toContain("/agent-workspace\n");
    expect(output).toContain(`${gateway.stateDir}/skills`);
    expect(output.match(/No such file/g)).toHaveLength(2);
    expect(readLimits(readKernelFile, (await container(agent)).pid).pids).toBe(512);
  });

  it("brings limits that somebody loosened back before the next exec", async () => {
    const { id, pid } = await container();
    await gateway.engine.podman(["update", "--pids-limit", "4000", id]);
    await gateway.exec("true");
    expect(readLimits(readKernelFile, pid).pids).toBe(512);
  });

  it("hardens a sandbox that was removed behind its back", async () => {
    const before = await container();
    await gateway.engine.podman(["rm", "--force", "--time", "0", before.id]);
    const after = await container();
    expect(after.id).not.toBe(before.id);
    expect(readLimits(readKernelFile, after.pid).pids).toBe(512);
  });

  it("recreates a hot sandbox whose mounts changed, instead of failing the turn", async () => {
    const before = await container();
    await mkdir(join(gateway.stateDir, "models"));
    expect(await gateway.exec(`ls -d ${gateway.stateDir}/models`)).toContain("/models");
    expect((await container()).id).not.toBe(before.id);
  });

  it("keeps the mounts of a hot sandbox in which a command runs", async () => {
    const before = await container();
    await gateway.exec("until [ -e /workspace/go ]; do sleep 0.2; done; echo survived > /workspace/survivor.txt", { args: { background: true } });
    await mkdir(join(gateway.stateDir, "tools"));
    expect((await container()).id).toBe(before.id);
    await gateway.exec("touch /workspace/go");
    await expect.poll(() => gateway.exec("cat /workspace/survivor.txt"), { timeout: 60_000, interval: 2000 }).toContain("survived");
    expect(await gateway.exec(`ls -d ${gateway.stateDir}/tools`)).toContain("/tools");
  });

  it("wraps once after its configuration changed, and the change reaches the next sandbox", async () => {
    await configure({ config: { limits: { memory: "1g" } } });
    await expect.poll(async () => readLimits(readKernelFile, (await container()).pid).memory, { timeout: 90_000, interval: 3000 }).toBe(GIB);
    const { id } = await container();
    const watch = watchArgv();
    await gateway.exec("sleep 1");
    // Other tests' commands may look the same.
    const own = (line: string): boolean => line.includes(id) || line.includes(gateway.containerPrefix);
    const execs = (await watch.stop()).filter((line) => line.startsWith("podman") && line.includes(" exec ") && own(line) && line.includes("sleep 1"));
    expect(execs.length).toBeGreaterThan(0);
    for (const line of execs) expect(line.split(home.key.name)).toHaveLength(2);
  });

  it("refuses sandboxes on a wrong configuration, names the key, and recovers", async () => {
    await configure({ config: { limits: { memory: "8gb" } } });
    await expect.poll(() => gateway.chat("/fortress status"), { timeout: 90_000, interval: 3000 }).toContain("Every sandbox is refused");
    const reason = await refusal();
    for (const part of ["plugins.entries.fortress.config.limits.memory", '"8gb"', "Remedy:"]) expect(reason).toContain(part);

    // It is no reason for the gateway not to start.
    await gateway.restart();
    expect(await refusal()).toContain("limits.memory");
    await configure({ config: {} });
    await expect.poll(async () => (await gateway.turn(callMarker("exec", { command: "echo RAN" }))).isError, { timeout: 90_000, interval: 3000 }).toBe(false);
  });

  it("refuses sandboxes while others may read the secrets file, and says how to mend it", async () => {
    const file = secretsFile(gateway.home);
    await chmod(file, 0o644);
    expect(await refusal()).toContain(`chmod 0600 ${file}`);
    expect(await gateway.chat("/fortress status")).toContain(`chmod 0600 ${file}`);
    await chmod(file, 0o600);
    await writeFile(file, "NEW_KEY=rotated\n");
    expect(await gateway.exec('printf %s "$NEW_KEY" | wc -c')).toContain("7");
  });

  it("leaves nothing behind when it is disabled, and only the backend fortress then fails closed", async () => {
    await configure({ enabled: false });
    await expect.poll(async () => (await gateway.turn(callMarker("exec", { command: "echo RAN" }), { agent: "closed" })).text, { timeout: 90_000, interval: 3000 }).toContain('Sandbox backend "fortress" is not registered');
    const names = await gateway.containers();
    await gateway.engine.podman(["rm", "--force", "--time", "0", ...names]);
    expect(await gateway.exec("ls /agent-workspace 2>/dev/null || echo plain; env | grep -c NEW_KEY")).toMatch(/plain\s+0/);
  });
});
