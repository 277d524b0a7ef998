import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { observeMachine } from "../../src/edge/diagnosis.ts";
import { evidenceStore } from "../../src/edge/evidence.ts";
import { tempDir } from "../fixtures/temp.ts";

const at = (second: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

it("keeps the newest twenty of a kind, for their owner only", () => {
  const directory = join(tempDir(), "evidence");
  const store = evidenceStore(directory);
  store.keep("backup", at(0), {});
  const paths = Array.from({ length: 25 }, (_, second) => store.keep("health", at(second), { second }));
  expect(readdirSync(directory)).toHaveLength(21);
  expect(JSON.parse(readFileSync(paths[24]!, "utf8"))).toEqual({ second: 24 });
  expect(readdirSync(directory)).not.toContain("health-2026-01-01T00-00-04-000Z.json");
  expect([statSync(directory).mode & 0o777, statSync(paths[24]!).mode & 0o777]).toEqual([0o700, 0o600]);
});

it("is bounded", () => {
  const path = evidenceStore(join(tempDir(), "e")).keep("health", at(0), { journal: "x".repeat(1_000_000) });
  expect(statSync(path).size).toBeLessThan(262_144);
  expect(Object.keys(JSON.parse(readFileSync(path, "utf8")) as object)).toEqual(["cut"]);
});

it("removes what is old, and nothing that is not its own", () => {
  const directory = tempDir();
  const store = evidenceStore(directory);
  store.keep("health", at(1), {});
  store.keep("health", at(3), {});
  writeFileSync(join(directory, "notes.txt"), "");
  mkdirSync(join(directory, "health"));
  expect(store.expire(at(2))).toBe(1);
  expect(readdirSync(directory).sort()).toEqual(["health", "health-2026-01-01T00-00-03-000Z.json", "notes.txt"]);
  expect(evidenceStore(join(directory, "missing")).expire(at(2))).toBe(0);
});

it("sees the process, who listens, and the disk", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect(observeMachine(tempDir(), process.pid, port)).toMatchObject({
    process: { status: expect.arrayContaining([expect.stringMatching(/^State: /)]) as string[] },
    port: { pid: process.pid },
    disk: { freeBytes: expect.any(Number) as number },
    memory: expect.arrayContaining([expect.stringMatching(/^MemAvailable: /)]) as string[],
  });
  expect(observeMachine(tempDir(), 0, 1)).toMatchObject({ process: "none", port: "nobody listens" });
});
