import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";
import { unclassifiedEntries } from "../support/state-entries.ts";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

let model: ScriptedModel;
let gateway: Gateway;

beforeAll(async () => {
  model = await startScriptedModel();
  gateway = await startGateway({
    engine: await prepareEngine({ log: () => {} }),
    model,
    pluginDir: PLUGIN_DIR,
    config: { cron: { enabled: true }, agents: { entries: { main: { default: true }, boxed: { sandbox: { workspaceAccess: "none", scope: "session" } } } } },
  });
});
afterAll(async () => {
  await gateway?.dispose();
  await model?.close();
});

/** What people do with OpenClaw, as far as it needs no account anywhere. */
async function live(): Promise<void> {
  await gateway.exec("echo one > /workspace/one.txt");
  await gateway.exec("echo boxed", { agent: "boxed" });
  await gateway.tool("write", { path: "/workspace/MEMORY.md", content: "# Notes\nThe sky is blue." });
  await gateway.chat("hello");
  await gateway.call("chat.send", { sessionKey: "agent:main:main", message: "a picture", idempotencyKey: "picture", attachments: [{ type: "image", mimeType: "image/png", fileName: "a.png", content: PIXEL }] });
  for (const args of [
    ["cron", "add", "--name", "hourly", "--every", "1h", "--message", "hi", "--token", gateway.token],
    ["memory", "index"],
    ["completion", "--write-state"],
    ["config", "set", "agents.defaults.sandbox.prune.idleHours", "48"],
    ["backup", "create", "--output", gateway.home],
  ]) {
    const { stdout, stderr } = await gateway.cli(args);
    expect(`${stdout}${stderr}`, args.join(" ")).not.toMatch(/unknown (command|option)|too many arguments/i);
  }
  // Doctor repairs and migrates only what no gateway uses.
  await gateway.stop();
  await gateway.cli(["doctor", "--fix", "--yes", "--non-interactive"]);
  await gateway.start();
  await gateway.exec("cat /workspace/one.txt");
}

it("knows every entry that a lived-in gateway has", async () => {
  await live();
  const there = await readdir(gateway.stateDir);
  // The gateway really did what leaves traces, or that nothing is unknown would prove nothing.
  expect(there).toEqual(expect.arrayContaining(["agents", "completions", "extensions", "fortress", "media", "openclaw.json", "plugin-skills", "sandbox", "sandboxes", "state", "tmp", "workspace"]));
  expect(unclassifiedEntries(gateway.stateDir)).toEqual([]);
});

it("would notice one that it does not know", async () => {
  const planted = ["made-by-a-later-version", "agents/main/made-later", "media/made-later"];
  for (const path of planted) await mkdir(join(gateway.stateDir, path));
  expect(unclassifiedEntries(gateway.stateDir).sort()).toEqual([...planted].sort());
  for (const path of planted) await rm(join(gateway.stateDir, path), { recursive: true });
});
