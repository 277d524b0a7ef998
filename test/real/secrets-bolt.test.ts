import { createHash, randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import type { Engine } from "../support/engine.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { findOnDisk, watchArgv } from "../support/leaks.ts";
import { secretsFile } from "../support/lived-in.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareBoltEngine } from "../support/setup.ts";
import { storageOf } from "../support/storage.ts";

describe("an engine that keeps the environment of every exec on disk", () => {
  const VALUE = `canary${randomBytes(18).toString("hex")}`;
  const DIGEST = createHash("sha256").update(VALUE).digest("hex");
  const TELL = 'printf %s "$BOLT_KEY" | sha256sum';

  let model: ScriptedModel;
  let engine: Engine;
  let gateway: Gateway;

  beforeAll(async () => {
    model = await startScriptedModel();
    engine = await prepareBoltEngine({ log: () => {} });
    gateway = await startGateway({
      engine,
      model,
      pluginDir: PLUGIN_DIR,
      config: { agents: { entries: { main: { default: true }, second: {} } } },
      async seed(stateDir) {
        const store = secretsFile(dirname(stateDir));
        await mkdir(dirname(store), { recursive: true, mode: 0o700 });
        await writeFile(store, `BOLT_KEY=${VALUE}\n`, { mode: 0o600 });
      },
    });
  });
  afterAll(async () => {
    await gateway?.dispose();
    await model?.close();
  });

  const onDisk = async (needle: string): Promise<string[]> => findOnDisk(needle, [...(await storageOf(engine)), gateway.stateDir, "/tmp/openclaw"]);
  const leftOver = (): Promise<string> => gateway.exec("ls -A /dev/shm /tmp /run | grep fortress || echo none");

  it("gives a command its keys all the same, and neither argv nor disk nor tmpfs keeps them", async () => {
    const watch = watchArgv();
    expect(await gateway.exec(`${TELL}; sleep 1`)).toContain(DIGEST);
    const seen = await watch.stop();
    expect(seen.some((line) => line.startsWith("podman") && line.includes(".fortress-"))).toBe(true);
    expect(seen.filter((line) => line.includes(VALUE))).toEqual([]);
    expect(await leftOver()).toContain("none");
    expect(await onDisk(VALUE)).toEqual([]);
  });

  it("leaves nothing when commands fail, are killed, run side by side or go on in the background", async () => {
    await gateway.exec("exit 3");
    await gateway.turn(callMarker("exec", { command: "kill -9 $$" }));
    const [first, second] = await Promise.all([gateway.exec(`sleep 1; ${TELL}`), gateway.exec(`sleep 1; ${TELL}`, { sessionKey: "agent:main:other" })]);
    for (const output of [first, second]) expect(output).toContain(DIGEST);
    await gateway.exec(`sleep 1; ${TELL} > /workspace/background.txt`, { args: { background: true } });
    await expect.poll(() => gateway.exec("cat /workspace/background.txt || true"), { timeout: 60_000, interval: 1_000 }).toContain(DIGEST);
    expect(await leftOver()).toContain("none");
    expect(await onDisk(VALUE)).toEqual([]);
    expect(gateway.log()).not.toContain(VALUE);
  });

  it("is named in the status, with the remedy", async () => {
    const status = await gateway.chat("/fortress status full");
    expect(status).toMatch(/^fortress: ATTENTION/);
    expect(status).toContain("Podman keeps the environment of every exec on disk");
    expect(status).toContain("Move Podman to its SQLite database");
  });

  it("keeps what it is given the usual way: the search finds that", async () => {
    const control = `canary${randomBytes(18).toString("hex")}`;
    const [container] = await gateway.containers();
    await engine.podman(["exec", "-e", `CONTROL=${control}`, container!, "true"]);
    expect((await onDisk(control)).filter((path) => path.endsWith("bolt_state.db"))).toHaveLength(1);
  });
});
