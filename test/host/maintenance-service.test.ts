import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { maintenanceProcess } from "../../src/host/maintenance-service.ts";
import { tempDir } from "../fixtures/temp.ts";

/** A plugin whose program is this script. */
function plugin(script: string) {
  const rootDir = tempDir();
  mkdirSync(join(rootDir, "bin"));
  writeFileSync(join(rootDir, "bin/fortress.mjs"), script);
  const run = maintenanceProcess({ rootDir, pluginConfig: { secrets: { values: { KEY: "canary-1" } } } }, "/state");
  return { rootDir, run };
}

it("gets the gateway's configuration on standard input and nothing of it in its arguments, and its environment", async () => {
  vi.stubEnv("OPENCLAW_STATE_DIR", "/other");
  const { rootDir, run } = plugin(`import { readFileSync, writeFileSync } from "node:fs";
writeFileSync(new URL("../got.json", import.meta.url), JSON.stringify({ args: process.argv.slice(2), input: readFileSync(0, "utf8"), stateDir: process.env.OPENCLAW_STATE_DIR, path: process.env.PATH }));`);
  expect(await run(new AbortController().signal)).toBeUndefined();
  vi.unstubAllEnvs();
  const { args, input, stateDir, path } = JSON.parse(readFileSync(join(rootDir, "got.json"), "utf8")) as Record<string, string>;
  expect([args, JSON.parse(input!), stateDir, path]).toEqual([["maintenance", "--gateway", "--json"], { pluginConfig: { secrets: { values: { KEY: "canary-1" } } } }, "/state", process.env.PATH]);
});

describe("what its end says", () => {
  it.each<[string, string, string | undefined]>([
    ["every step was well", "process.exit(0)", undefined],
    ["a step failed, which the status says", "process.exit(1)", undefined],
    ["not everything could be looked at, which the status says", "process.exit(3)", undefined],
    ["it was refused", `console.log(JSON.stringify({ error: { message: "limits.memory: 8gb" } })); process.exit(2)`, "limits.memory: 8gb"],
    ["it was refused without a reason", "process.exit(2)", "its process ended with 2"],
    ["it broke", `console.error("Error: out of memory"); process.exit(134)`, "Error: out of memory"],
    ["it was killed", `process.kill(process.pid, "SIGKILL")`, "its process ended with a signal"],
  ])("%s", async (_, script, reason) => {
    expect(await plugin(script).run(new AbortController().signal)).toBe(reason);
  });

  it("is bounded", async () => {
    expect((await plugin(`console.error("x".repeat(100_000)); process.exit(9)`).run(new AbortController().signal))?.length).toBe(300);
  });

  it("is nothing to tell of where it was told to end, and it ends", async () => {
    const ending = new AbortController();
    const { rootDir, run } = plugin(`import { writeFileSync } from "node:fs"; writeFileSync(new URL("../pid", import.meta.url), String(process.pid)); setInterval(() => {}, 1000);`);
    const done = run(ending.signal);
    await expect.poll(() => readFileSync(join(rootDir, "pid"), "utf8"), { timeout: 20_000 }).not.toBe("");
    ending.abort();
    expect(await done).toBeUndefined();
    const pid = Number(readFileSync(join(rootDir, "pid"), "utf8"));
    await expect.poll(() => { try { return process.kill(pid, 0); } catch { return false; } }, { timeout: 10_000 }).toBe(false);
  });
});
