import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bootId, counterFile, monotonicMs } from "../../src/edge/counter-file.ts";
import { tempDir } from "../fixtures/temp.ts";

it("keeps a text in a directory of its own, for its owner only", () => {
  const directory = join(tempDir(), "a/b");
  const file = counterFile(join(directory, "health.json"));
  expect(file.read()).toBeUndefined();
  file.write("1");
  file.write("2");
  expect(file.read()).toBe("2");
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, "health.json")).mode & 0o777).toBe(0o600);
});

it("writes over what a crashed run left, and reads damage as damage", () => {
  const path = join(tempDir(), "health.json");
  writeFileSync(`${path}.new`, "half");
  counterFile(path).write("whole");
  expect(counterFile(path).read()).toBe("whole");
  const folder = join(tempDir(), "health.json");
  mkdirSync(folder);
  expect(counterFile(folder).read()).toBe("");
});

it("lets one run in at a time", async () => {
  const path = join(tempDir(), "health.json");
  const [first, second] = [counterFile(path), counterFile(path)];
  const inside = await first.exclusively(async () => second.exclusively(async () => "both"));
  expect(inside).toBeUndefined();
  expect(await second.exclusively(async () => "one")).toBe("one");
  await expect(first.exclusively(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await second.exclusively(async () => "next")).toBe("next");
  expect(readdirSync(join(path, ".."))).toEqual([]);
});

// Only root can give a directory away.
it.runIf(process.getuid?.() === 0)("does not trust somebody else's directory", async () => {
  const { chownSync } = await import("node:fs");
  const directory = tempDir();
  chmodSync(directory, 0o777);
  chownSync(directory, 12_345, 12_345);
  expect(() => counterFile(join(directory, "health.json")).write("x")).toThrow(/belongs to uid 12345/);
});

it("has a clock that only goes on, and knows the boot", () => {
  const before = monotonicMs();
  expect(monotonicMs()).toBeGreaterThanOrEqual(before);
  expect(bootId()).toBe(bootId());
  expect(bootId()).toMatch(/^[0-9a-f-]{36}$/);
});
