import { rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { merge } from "../support/gateway-config.ts";
import type { Json } from "../support/gateway-config.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";
import { parseCalls, SYSCALL_PROBE, TRY_CALLS } from "../support/syscalls.ts";

const EPERM = 1;
const ENOSYS = 38;

/** Of OpenClaw's own settings; each would open the sandbox. */
const REFUSED: readonly { agent: string; docker: Json; named: string }[] = [
  { agent: "joined", docker: { network: "ns:/proc/1/ns/net" }, named: 'network: "ns:/proc/1/ns/net"' },
  { agent: "podded", docker: { network: "pod:other" }, named: 'network: "pod:other"' },
  { agent: "tunnelled", docker: { network: "slirp4netns:allow_host_loopback=true" }, named: "allow_host_loopback" },
  { agent: "neighbour", docker: { network: "container:other", dangerouslyAllowContainerNamespaceJoin: true }, named: 'network: "container:other"' },
  { agent: "writable", docker: { readOnlyRoot: false }, named: "readOnlyRoot: false" },
  { agent: "capable", docker: { capDrop: ["NET_RAW"] }, named: 'capDrop: ["NET_RAW"]' },
  { agent: "unfiltered", docker: { seccompProfile: "/var/tmp/fortress-allow-all.json" }, named: "SCMP_ACT_ALLOW" },
];
const ALLOW_ALL = "/var/tmp/fortress-allow-all.json";

describe("the posture of a sandbox", () => {
  let model: ScriptedModel;
  let gateway: Gateway;

  beforeAll(async () => {
    await writeFile(ALLOW_ALL, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls: [] }));
    model = await startScriptedModel();
    gateway = await startGateway({
      engine: await prepareEngine({ log: () => {} }),
      model,
      pluginDir: PLUGIN_DIR,
      config: { agents: { entries: { main: { default: true }, online: { sandbox: { docker: { network: "bridge" } } }, ...Object.fromEntries(REFUSED.map(({ agent, docker }) => [agent, { sandbox: { docker } }])) } } },
    });
  });
  afterAll(async () => {
    await gateway?.dispose();
    await model?.close();
    await rm(ALLOW_ALL, { force: true });
  });

  const idOf = async (): Promise<string> => (await gateway.exec("cat /etc/hostname")).trim();
  const sizeOfTmp = async (): Promise<string> => (await gateway.exec("df -k /tmp | awk 'NR == 2 {print $2}'")).trim();

  async function configure(config: Json): Promise<void> {
    await gateway.updateConfig((current) => {
      const plugins = current.plugins as { entries: { fortress: Json } };
      return { ...current, plugins: { entries: { fortress: { ...plugins.entries.fortress, ...config } } } };
    });
  }

  it("denies every system call of the list, by the 32-bit entry too", async () => {
    const answers = parseCalls(await gateway.exec(TRY_CALLS));
    expect(answers.size).toBeGreaterThan(40);
    expect([...answers].filter(([, errno]) => errno !== EPERM && errno !== ENOSYS)).toEqual([]);
  });

  it("denies them by its filter: without it the same container, with every capability, gets other answers", async () => {
    const { engine } = gateway;
    const image = await ensureSandboxImage(engine, { log: () => {} });
    const options = JSON.parse(await engine.podman(["inspect", "--format", "{{json .HostConfig.SecurityOpt}}", await idOf()])) as string[];
    const option = options.find((each) => each.startsWith("seccomp="))!;
    expect(option).toMatch(/^seccomp=.*\/fortress\/seccomp\/[0-9a-f]{32}\.json$/);
    const probe = async (security: string) =>
      parseCalls(await engine.podman(["run", "--rm", "--privileged", "--network", "none", "--security-opt", security, image, "python3", "-c", SYSCALL_PROBE]));
    const [filtered, open] = [await probe(option), await probe("seccomp=unconfined")];
    const denied = (answers: Map<string, number>): string[] => [...answers].filter(([, errno]) => errno === EPERM || errno === ENOSYS).map(([name]) => name);
    expect(denied(filtered)).toEqual([...filtered.keys()]);
    // What this kernel was built without answers ENOSYS to everybody.
    const absent = ["kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "ioperm", "iopl", "quotactl", "quotactl_fd", "bpf", "userfaultfd"];
    expect(denied(open).filter((name) => !absent.includes(name) && !name.startsWith("32-bit"))).toEqual([]);
  });

  it.each(REFUSED)("is refused to agent $agent, with key, value and remedy, and makes no container", async ({ agent, named }) => {
    const before = await gateway.containers();
    const { text, isError } = await gateway.turn(callMarker("exec", { command: "echo RAN" }), { agent });
    expect(isError).toBe(true);
    expect(text).not.toContain("RAN");
    for (const part of [named, "agents.*.sandbox.docker", "Remedy:"]) expect(text).toContain(part);
    expect(await gateway.containers()).toEqual(before);
  });

  it("with a network is a finding, seen by the kernel", async () => {
    for (const agent of ["main", "online"]) await gateway.exec("true", { agent });
    const status = await gateway.chat("/fortress status full");
    expect(status).toContain("it has a network (eth0)");
    expect(status).toMatch(/network eth0/);
    expect(status).toMatch(/network none/);
  });

  it("with a network that is no more asked for is made anew without", async () => {
    const interfaces = async (): Promise<string> => gateway.exec("tail -n +3 /proc/net/dev | cut -d: -f1", { agent: "online" });
    expect(await interfaces()).toContain("eth0");
    await gateway.updateConfig((current) => merge(current, { agents: { entries: { online: { sandbox: { docker: { network: "none" } } } } } }));
    expect((await interfaces()).trim()).toBe("lo");
  });

  it("is the same from turn to turn and after a restart of the gateway: the same container", async () => {
    const id = await idOf();
    expect(await idOf()).toBe(id);
    await gateway.restart();
    expect(await idOf()).toBe(id);
  });

  it("that was changed reaches the sandbox at its next idle turn, and not while a command runs in it", async () => {
    const before = await idOf();
    expect(await sizeOfTmp()).toBe(String(2 ** 20));
    await gateway.exec("until [ -e /workspace/go ]; do sleep 0.2; done; echo survived > /workspace/survivor.txt", { args: { background: true } });
    await configure({ config: { posture: { tmpfs: "64m" } } });
    await gateway.exec("touch /workspace/go");
    await expect.poll(() => gateway.exec("cat /workspace/survivor.txt"), { timeout: 90_000, interval: 2000 }).toContain("survived");
    await expect.poll(sizeOfTmp, { timeout: 90_000, interval: 2000 }).toBe(String(2 ** 16));
    expect(await idOf()).not.toBe(before);
  });

  it("is given to a sandbox that was made without fortress", async () => {
    await configure({ enabled: false });
    await expect.poll(async () => (await gateway.turn(callMarker("exec", { command: "id -u" }))).text, { timeout: 90_000, interval: 3000 }).not.toContain("fortress");
    await gateway.engine.podman(["rm", "--force", "--time", "0", ...(await gateway.containers())]);
    const plain = await gateway.exec("cat /etc/hostname; ulimit -Hc");
    expect(plain).not.toMatch(/^0$/m);
    await configure({ enabled: true });
    await expect.poll(() => gateway.exec("ulimit -Hc"), { timeout: 90_000, interval: 3000 }).toMatch(/^0$/m);
    expect(plain).not.toContain(await idOf());
  });
});
