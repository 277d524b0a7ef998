import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import type { Engine } from "../support/engine.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { secretsFile } from "../support/lived-in.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";
import { type FakeTelegram, startTelegram } from "../support/telegram.ts";

/** The maintenance of a real gateway, from its own schedule on; each test goes on where the one before ended. */
const RUN = `mt-${randomBytes(4).toString("hex")}`;
const VALUE = `canary${randomBytes(18).toString("hex")}`;
const OLD_IMAGE = `localhost/openclaw-sandbox-${RUN}:old`;
const USED_IMAGE = `localhost/openclaw-sandbox-${RUN}:used`;
/** For a process that leaves the machine to everybody else. */
const SOON = { timeout: 240_000, interval: 3_000 };
const CHAT = "4242";

let engine: Engine;
let model: ScriptedModel;
let telegram: FakeTelegram;
let gateway: Gateway;
let folder: string;
let image: string;

const podman = (...args: string[]): Promise<string> => engine.podman(args);
const exists = (kind: "container" | "image", name: string): Promise<boolean> => podman(kind, "exists", name).then(() => true, () => false);
const inState = (...path: string[]): string => join(gateway.stateDir, ...path);
/** What the operator's program got, message by message. */
const heard = async (): Promise<string> => readFile(join(folder, "heard"), "utf8").catch(() => "");
const status = async (): Promise<{ maintenance?: { steps: { id: string; outcome: string; detail: string }[] }; findings: { id: string; detail: string }[] }> => gateway.call("fortress.status");

/** An image of one small file of its own. */
async function plantImage(name: string): Promise<void> {
  await writeFile(join(folder, "file"), name);
  await execa("tar", ["--create", `--file=${join(folder, "image.tar")}`, `--directory=${folder}`, "file"]);
  await engine.podman(["import", "-", name], { inputFile: join(folder, "image.tar") });
}

beforeAll(async () => {
  engine = await prepareEngine({ log: () => {} });
  model = await startScriptedModel();
  telegram = await startTelegram();
  folder = await mkdtemp("/var/tmp/fortress-maintenance-");
  image = await ensureSandboxImage(engine, { log: () => {} });
  await plantImage(OLD_IMAGE);
  await plantImage(USED_IMAGE);
  await podman("create", "--name", `${RUN}-user`, USED_IMAGE, "/none");
  const hook = join(folder, "tell");
  await writeFile(hook, `#!/bin/sh\n{ cat; env; echo; } >> ${folder}/heard\n`);
  await chmod(hook, 0o700);
  gateway = await startGateway({
    engine,
    model,
    pluginDir: PLUGIN_DIR,
    // Other tests' gateways start no channels.
    env: { KEY_OF_THE_GATEWAY: "canary-of-the-environment", OPENCLAW_SKIP_CHANNELS: "" },
    pluginConfig: { maintenance: { containerDays: 0, imageDays: 0, scanMinutes: 1 }, notify: { channel: { channel: "telegram", to: CHAT }, command: [hook] } },
    config: { agents: { entries: { main: { default: true } } }, channels: { telegram: { enabled: true, botToken: "1:test", apiRoot: telegram.url } } },
    async seed(stateDir) {
      const store = secretsFile(dirname(stateDir));
      await mkdir(dirname(store), { recursive: true, mode: 0o700 });
      await writeFile(store, `PLANTED_KEY=${VALUE}\n`, { mode: 0o600 });
      const workspace = join(stateDir, "workspace");
      await mkdir(join(workspace, "project"), { recursive: true });
      await writeFile(join(workspace, "project/.env"), `token=${VALUE}\n`);
      // A directory where there should be a file: the step that removes old evidence can't.
      await mkdir(join(stateDir, "fortress/evidence/health-2020-01-01T00-00-00-000Z.json"), { recursive: true, mode: 0o700 });
      // As if fortress had been there since yesterday: the gateway's own run is due, but not overdue, which it would tell of.
      await writeFile(join(stateDir, "fortress/maintenance.json"), JSON.stringify({ version: 1, since: new Date(Date.now() - 25 * 3_600_000).toISOString(), steps: [], images: [] }), { mode: 0o600 });
      const labels = ["--label", "openclaw.sandbox=1", "--label", "openclaw.sessionKey=agent:main:main"];
      await podman("create", "--name", `${RUN}-forgotten`, ...labels, "--volume", `${workspace}:/workspace`, image, "sleep", "1");
      await podman("create", "--name", `${RUN}-foreign`, ...labels, "--volume", `${folder}:/workspace`, image, "sleep", "1");
      await podman("create", "--name", `${RUN}-unlabelled`, "--volume", `${workspace}:/workspace`, image, "sleep", "1");
    },
  });
  await gateway.exec("true");
});

afterAll(async () => {
  await gateway?.dispose();
  await model?.close();
  await telegram?.[Symbol.asyncDispose]();
  for (const name of ["user", "forgotten", "foreign", "unlabelled", "running", "own"]) await podman("rm", "--force", "--time", "0", "--ignore", `${RUN}-${name}`);
  for (const image of [OLD_IMAGE, USED_IMAGE]) await podman("rmi", "--force", "--ignore", image);
  await rm(folder, { recursive: true, force: true });
});

it("runs by the gateway's own schedule, and one step that fails stops no other", async () => {
  await expect.poll(async () => (await status()).maintenance?.steps.map(({ id, outcome }) => `${id} ${outcome}`), SOON).toEqual(["backup well", "drill well", "containers well", "images well", "evidence failed", "logs well", "leaks found"]);
  const shown = await gateway.chat("/fortress status full");
  expect(shown).toMatch(/^maintenance: ran \d{4}-\d\d-\d\d \d\d:\d\d, 5 of 7 well \(evidence failed, leaks found something\)$/m);
  expect(await gateway.chat("/fortress log")).toMatch(/maintenance\.evidence \(failed\): daily maintenance/);
});

it("removes what OpenClaw forgot and what nothing uses, and touches nothing else", async () => {
  const there = await Promise.all(["forgotten", "foreign", "unlabelled", "user"].map((name) => exists("container", `${RUN}-${name}`)));
  expect(there).toEqual([false, true, true, true]);
  expect([await exists("image", OLD_IMAGE), await exists("image", USED_IMAGE), (await gateway.containers()).length]).toEqual([false, true, 1]);
  expect(await gateway.chat("/fortress log")).toMatch(new RegExp(`container\\.removed ${RUN}-forgotten[^]*image\\.removed ${OLD_IMAGE}`));
});

it("finds the planted secret, says where and never what", async () => {
  const { findings } = await status();
  expect(findings.filter(({ id }) => id === "secrets.leaked").map(({ detail }) => detail)).toEqual([`The value of PLANTED_KEY stands in ${inState("workspace/project/.env")} (plain), where a sandbox or a reader of logs can see it.`]);
  const kept = await readFile(inState("fortress/maintenance.json"), "utf8");
  expect(kept + JSON.stringify(findings) + (await gateway.chat("/fortress log"))).not.toContain(VALUE);
});

it("tells the operator by the channel, once, without the value", async () => {
  await expect.poll(() => telegram.sent.map(({ text }) => text).join("\n") || heard(), SOON).toContain("PLANTED_KEY stands in");
  await status();
  const told = telegram.sent.filter(({ text }) => text.includes("PLANTED_KEY stands in"));
  expect([told.length, told[0]?.chat, JSON.stringify(telegram.sent).includes(VALUE), await heard()]).toEqual([1, CHAT, false, ""]);
});

it("keeps a stopped sandbox that OpenClaw knows, and takes back what is mended", async () => {
  const [sandbox] = await gateway.containers();
  await podman("stop", "--time", "0", sandbox!);
  await rm(inState("workspace/project/.env"));
  await rm(inState("fortress/evidence"), { recursive: true });
  const { stdout } = await gateway.cli(["fortress", "maintenance"]);
  expect(stdout).toMatch(/containers {2}well: 1 sandbox, 1 stopped, 0 removed\.$/m);
  expect(await gateway.containers()).toEqual([sandbox]);
  expect((await status()).findings.map(({ id }) => id).filter((id) => /^(secrets\.leaked|maintenance\.)/.test(id))).toEqual([]);
});

it("names what runs although OpenClaw forgot it, and leaves it alone", async () => {
  const name = `${RUN}-running`;
  await podman("run", "--detach", "--name", name, "--network", "none", "--label", "openclaw.sandbox=1", "--volume", `${inState("workspace")}:/workspace`, image, "sleep", "1000");
  await podman("run", "--detach", "--name", `${RUN}-own`, "--network", "none", "--volume", `${inState("workspace")}:/workspace`, image, "sleep", "1000");
  // The gateway may be at it by itself.
  const look = async (): Promise<string> => (await gateway.cli(["fortress", "maintenance", "--only", "containers"])).stdout;
  await expect.poll(look, SOON).toMatch(/containers {2}found something: .*; 1 forgotten and running\.$/m);
  expect((await status()).findings.filter(({ id }) => id === "sandbox.forgotten").map(({ detail }) => detail)).toEqual([`${name} runs although OpenClaw does not know it any more: no turn uses it, and nobody ends it.`]);
  expect(await podman("inspect", "--format", "{{.State.Status}}", name)).toBe("running");
  await podman("rm", "--force", "--time", "0", name);
  await expect.poll(look, SOON).toMatch(/containers {2}well: /);
});

it("tells that it is over, by the operator's program where the channel refuses", async () => {
  telegram.refuse();
  await expect.poll(async () => (await status()) && (await heard()), SOON).toMatch(/✓ No longer: The value of PLANTED_KEY stands in/);
  expect(await heard()).not.toContain("canary");
  expect((await status()).findings.map(({ id }) => id)).not.toContain("notify.failed");
});
