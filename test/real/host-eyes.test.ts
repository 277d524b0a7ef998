import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

/** OpenClaw says this of every plugin that was not installed from its own registry. */
const UNVERIFIED = /can't verify where this plugin came from/;

/** How this machine reaches its package registry; gateways of the tests inherit nothing else. */
const registry = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => /^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|npm_config_registry|https?_proxy)$/i.test(entry[0])));

describe.each(["dropped in", "installed as a package"])("OpenClaw's own eyes: %s", (way) => {
  let model: ScriptedModel;
  let gateway: Gateway;
  let folder: string;

  beforeAll(async () => {
    model = await startScriptedModel();
    const engine = await prepareEngine({ log: () => {} });
    gateway = await startGateway({ engine, model, env: registry, ...(way === "dropped in" ? { pluginDir: PLUGIN_DIR } : {}) });
    folder = await mkdtemp(join(tmpdir(), "fortress-pack-"));
    if (way === "dropped in") return;
    const { stdout } = await execa("npm", ["pack", PLUGIN_DIR, "--pack-destination", folder, "--json"]);
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    await gateway.stop();
    const installed = await gateway.cli(["plugins", "install", `npm-pack:${join(folder, filename)}`, "--force", "--accept-capabilities"]);
    expect(`${installed.stdout}${installed.stderr}`, "the installation").not.toMatch(/error|failed/i);
    await gateway.start();
  });
  afterAll(async () => {
    await gateway?.dispose();
    await model?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("works", async () => {
    expect(await gateway.exec("ls -d /agent-workspace")).toContain("/agent-workspace");
    expect(await gateway.chat("/fortress status")).toMatch(/^fortress: HARDENED/);
  });

  it("passes plugins inspect and plugins doctor without an avoidable warning", async () => {
    for (const command of ["inspect fortress", "doctor"]) {
      const { stdout, stderr } = await gateway.cli(["plugins", ...command.split(" ")]);
      expect(stdout).not.toBe("");
      const warnings = `${stdout}\n${stderr}`.split("\n").filter((line) => /warn|error|fortress:/i.test(line) && !UNVERIFIED.test(line));
      expect(warnings).toEqual([]);
    }
  });

  it("passes security audit --deep without a finding of its own", async () => {
    const { stdout } = await gateway.cli(["security", "audit", "--deep", "--json"]);
    const { findings } = JSON.parse(stdout) as { findings: { checkId: string; severity: string; title: string; detail: string }[] };
    expect(findings.length).toBeGreaterThan(0);
    const ours = findings.filter(({ severity, title, detail }) => severity !== "info" && /fortress/i.test(`${title} ${detail.replaceAll(gateway.home, "")}`));
    expect(ours).toEqual([]);
  });

  it("shows its skill", async () => {
    const { stdout } = await gateway.cli(["skills", "list"]);
    expect(stdout).toContain("fortress-status");
  });
});
