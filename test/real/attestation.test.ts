import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FRESH_MS } from "../../src/flows/attestation.ts";
import type { VerificationJson } from "../../src/report/verification/json.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

const SOON = { timeout: 240_000, interval: 500 };

let model: ScriptedModel;
let gateway: Gateway;
/** One of the directories that every sandbox gets. */
let mounted: string;

beforeAll(async () => {
  model = await startScriptedModel();
  gateway = await startGateway({
    engine: await prepareEngine({ log: () => {} }),
    model,
    pluginDir: PLUGIN_DIR,
    config: { agents: { entries: { main: { default: true }, escape: { tools: { exec: { host: "gateway" } } } } } },
  });
  mounted = join(gateway.stateDir, "completions");
  await mkdir(mounted);
});
afterAll(async () => {
  await gateway?.dispose();
  await model?.close();
});

const podman = (...args: string[]): Promise<string> => gateway.engine.podman(args);
const turn = (...calls: [string, object][]): ReturnType<Gateway["turn"]> => gateway.turn(calls.map(([tool, args]) => callMarker(tool, args)).join("\n"));

async function sandbox(): Promise<string> {
  return podman("inspect", "--format", "{{.Id}}", (await gateway.exec("cat /etc/hostname")).trim());
}

/** Runs a command with all rights in namespaces of the sandbox, as nobody in it could. */
async function inside(id: string, namespace: "mount" | "net", ...command: string[]): Promise<void> {
  await execa("nsenter", ["--target", await podman("inspect", "--format", "{{.State.Pid}}", id), `--${namespace}`, "--", ...command]);
}

async function expectRefusal(check: string): Promise<void> {
  for (const call of [["exec", { command: "echo RAN" }], ["read", { path: "/workspace/begun" }]] as [string, object][]) {
    const { text, isError } = await turn(call);
    expect([isError, text]).toEqual([true, expect.stringMatching(new RegExp(`no command runs in .*${check}[^]*Remedy: .*recreate`))]);
    expect(text).not.toContain("RAN");
  }
}

it("a sandbox has a verdict that the gateway shows, with what it is bound to", async () => {
  const id = await sandbox();
  const configHash = await podman("inspect", "--format", '{{index .Config.Labels "openclaw.configHash"}}', id);
  const attestation = { containerId: id, configHash, policyHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string, since: expect.stringMatching(/Z$/) as string, expires: expect.stringMatching(/Z$/) as string, open: [] };
  expect(configHash).toMatch(/^[0-9a-f]{64}/);
  expect(await gateway.call("fortress.status")).toMatchObject({ sandboxes: [{ attestation }] });
  const { examinations } = await gateway.call<VerificationJson>("fortress.verify", { quick: true }, { scopes: ["operator.admin"] });
  expect(examinations).toMatchObject([{ attestation }]);
  expect(examinations[0]!.results.find((result) => result.id === "config.as-planned")).toMatchObject({ state: "pass" });
});

describe("a sandbox that was tampered with by hand", () => {
  it("runs no command and shows no file, in the turn that is under way and in the next, until it is repaired", async () => {
    const id = await sandbox();
    const workspace = join(gateway.stateDir, "workspace-main");
    expect(await gateway.call("fortress.status")).toMatchObject({ verdict: "attention", findings: expect.not.arrayContaining([expect.objectContaining({ severity: "critical" })]) as object[] });

    const underWay = turn(["exec", { command: "touch /workspace/begun; until [ -e /workspace/go ]; do sleep 0.2; done" }], ["exec", { command: "echo RAN" }], ["read", { path: "/workspace/begun" }]);
    await expect.poll(() => existsSync(join(workspace, "begun")), SOON).toBe(true);
    await inside(id, "mount", "mount", "--bind", "/workspace", "/mnt");
    await sleep(FRESH_MS);
    await writeFile(join(workspace, "go"), "");
    const { text } = await underWay;
    expect(text).toContain("filesystem.mounts-declared");
    expect(text).not.toContain("RAN");

    await expectRefusal("filesystem.mounts-declared");
    expect(await gateway.chat("/fortress status")).toMatch(/^fortress: EXPOSED[^]*No command runs in /);
    // OpenClaw keeps an answer for a minute.
    await expect.poll(async () => JSON.stringify(await gateway.call("health")), SOON).toContain("filesystem.mounts-declared");

    await inside(id, "mount", "umount", "/mnt");
    expect(await gateway.exec("echo RAN")).toContain("RAN");
    expect(await gateway.chat("/fortress status")).not.toContain("No command runs in ");
  });

  it.each<[string, string, (id: string, undo: boolean) => Promise<unknown>]>([
    ["a mount was moved", "filesystem.mounts-declared", (id, undo) => inside(id, "mount", "mount", "--move", ...(undo ? ["/mnt", mounted] : [mounted, "/mnt"]))],
    ["it joined a network", "network.interfaces", (id, undo) => inside(id, "net", "ip", "link", ...(undo ? ["delete", "eth0"] : ["add", "eth0", "type", "veth", "peer", "name", "eth1"]))],
  ])("is refused where %s, and goes on after the repair", async (_, check, tamper) => {
    const id = await sandbox();
    await tamper(id, false);
    await sleep(FRESH_MS);
    await expectRefusal(check);
    await tamper(id, true);
    expect(await sandbox()).toBe(id);
  });

  it("is refused where something else took the place of what it mounts, and made anew", async () => {
    const id = await sandbox();
    await rename(mounted, `${mounted}-before`);
    await mkdir(mounted);
    const { text, isError } = await turn(["exec", { command: "echo RAN" }]);
    expect([isError, text]).toEqual([true, expect.stringContaining("completions-before")]);
    expect(text).not.toContain("RAN");
    expect(await sandbox()).not.toBe(id);
  });
});

describe("a sandbox that was started anew", () => {
  const BY_HAND = /was restarted by somebody else than OpenClaw since .*; its processes and what was in its tmpfs are gone/;

  it("by hand, in the turn that is under way, runs no command, and the one after", async () => {
    const id = await sandbox();
    const begun = join(gateway.stateDir, "workspace-main", "before-restart");
    const underWay = turn(["exec", { command: "touch /workspace/before-restart; sleep 300" }], ["exec", { command: "echo $((1 + 1))nd" }], ["exec", { command: "echo $((2 + 1))rd" }]);
    await expect.poll(() => existsSync(begun), SOON).toBe(true);
    await podman("restart", "--time", "0", id);
    const { text } = await underWay;
    expect(text).toMatch(BY_HAND);
    expect(text).not.toContain("2nd");
    expect(text).toContain("3rd");
    expect(await gateway.chat("/fortress log")).toContain("verdict.lost");
    expect(await gateway.chat("/fortress status")).toContain("restarted by somebody else");
    expect(await sandbox()).toBe(id);
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ["restarted", (id) => podman("restart", "--time", "0", id)],
    ["stopped and started", async (id) => [await podman("stop", "--time", "0", id), await podman("start", id)]],
  ])("by hand between two turns (%s) costs one of them", async (_, restart) => {
    const id = await sandbox();
    await restart(id);
    const { text, isError } = await turn(["exec", { command: "echo RAN" }]);
    expect([isError, text]).toEqual([true, expect.stringMatching(BY_HAND)]);
    expect(text).not.toContain("RAN");
    expect(await sandbox()).toBe(id);
  });

  it("by OpenClaw goes on", async () => {
    const id = await sandbox();
    await podman("stop", "--time", "0", id);
    expect(await sandbox()).toBe(id);
  });
});

it("a session that was switched off its sandbox does nothing on the host, is told of, and goes on in it afterwards", async () => {
  const [secret, escaped] = [join(gateway.home, "host-file"), join(gateway.home, "switched-off")];
  await writeFile(secret, "ONLY ON THE HOST");
  const patch = (sandboxMode: "off" | null): Promise<unknown> => gateway.call("sessions.patch", { key: "agent:main:main", sandboxMode }, { scopes: ["operator.admin"] });
  await patch("off");
  const { text } = await turn(["read", { path: secret }], ["exec", { command: `touch ${escaped}` }]);
  expect(text).toMatch(/would run on the host/);
  expect(text).not.toContain("ONLY ON THE HOST");
  expect(existsSync(escaped)).toBe(false);
  expect(await gateway.chat("/fortress status full")).toContain("agent:main:main (sandboxMode: off)");
  await patch(null);
  expect(await gateway.exec("echo RAN")).toContain("RAN");
  expect(await gateway.chat("/fortress status full")).not.toContain("sandboxMode");
});

it("a command that would run on the host, although its agent is sandboxed, does not; with mode audit it does, and is told", async () => {
  const escaped = join(gateway.home, "escaped");
  const escape = (): ReturnType<Gateway["turn"]> => gateway.turn(callMarker("exec", { command: `touch ${escaped}` }), { agent: "escape" });
  expect(await gateway.chat("/fortress status")).toContain("tools.exec.host puts commands of escape outside of the sandbox");
  expect((await escape()).text).toContain("fortress: this command would run on the host");
  expect(existsSync(escaped)).toBe(false);
  expect(await gateway.chat("/fortress log")).toContain("host-command");

  await gateway.updateConfig((config) => void ((config.plugins as { entries: { fortress: { config: object } } }).entries.fortress.config = { attestation: { mode: "audit" } }));
  await expect.poll(async () => (await escape(), existsSync(escaped)), SOON).toBe(true);
  expect(await gateway.chat("/fortress status")).toContain("about to run on the host");
  const audit = await gateway.cli(["security", "audit", "--json"]);
  expect(audit.stdout).toContain("plugins.entries.fortress.config.attestation.mode");
});
