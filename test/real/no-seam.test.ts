import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway } from "../support/gateway.ts";
import { startScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

it("refuses the tools of sandboxed agents on an OpenClaw without sandbox backends to stand before", async () => {
  // Another version of OpenClaw is stood in for by a plugin whose import of the sandbox SDK is empty.
  const pluginDir = await mkdtemp(join(tmpdir(), "fortress-no-seam-"));
  await cp(PLUGIN_DIR, pluginDir, { recursive: true });
  const seam = join(pluginDir, "host/sandbox-seam.js");
  const source = await readFile(seam, "utf8");
  expect(source).toContain('"openclaw/plugin-sdk/sandbox"');
  await writeFile(seam, source.replaceAll('"openclaw/plugin-sdk/sandbox"', '"./empty-sdk.js"'));
  await writeFile(join(pluginDir, "host/empty-sdk.js"), "export {};\n");

  await using model = await startScriptedModel();
  await using gateway = await startGateway({ engine: await prepareEngine({ log: () => {} }), model, pluginDir });
  await rm(pluginDir, { recursive: true });
  for (const output of [await gateway.exec("echo RAN"), await gateway.tool("read", { path: "/etc/hostname" })]) {
    expect(output).toContain("no sandbox can be hardened");
    expect(output).toContain("Run OpenClaw 2026.9.6 or newer");
  }
  expect(await gateway.chat("/fortress status")).toMatch(/^fortress: EXPOSED[^]*no sandbox can be hardened/);
  expect(gateway.log()).toContain("no sandbox can be hardened");
});
