import { mkdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLockdownFile } from "../../src/edge/lockdown.ts";
import { tempDir } from "../fixtures/temp.ts";

const STATE = { since: "2026-11-25T03:00:00.000Z", because: "asked for in chat" };

function setUp() {
  const directory = join(tempDir(), "fortress");
  return { directory, file: join(directory, "lockdown.json"), lockdown: createLockdownFile(directory) };
}

it("outlives who made it, and ends when it is told to", () => {
  const { directory, file, lockdown } = setUp();
  expect(lockdown.state()).toBeUndefined();
  lockdown.thaw();
  lockdown.lock(STATE);
  expect(createLockdownFile(directory).state()).toEqual(STATE);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  lockdown.thaw();
  expect(createLockdownFile(directory).state()).toBeUndefined();
});

it.each<[string, (file: string) => void]>([
  ["emptied", (file) => truncateSync(file, 0)],
  ["cut off", (file) => truncateSync(file, 10)],
  ["garbage", (file) => writeFileSync(file, Buffer.from([0, 255, 200]))],
  ["of another shape", (file) => writeFileSync(file, '{"version":2,"locked":false}')],
  ["null", (file) => writeFileSync(file, "null")],
  ["too large", (file) => writeFileSync(file, JSON.stringify({ ...STATE, because: "x".repeat(5_000) }))],
  ["a directory", (file) => (rmSync(file), mkdirSync(join(file, "x"), { recursive: true }))],
  ["a link to nothing", (file) => (rmSync(file), symlinkSync("/nonexistent", file))],
])("counts as locked when its file is %s, until it is thawed", (_, damage) => {
  const { file, lockdown } = setUp();
  lockdown.lock(STATE);
  damage(file);
  expect(lockdown.state()).toEqual({ since: undefined, because: `${file} is there and can't be understood` });
  lockdown.thaw();
  expect(lockdown.state()).toBeUndefined();
});

it("is made in spite of what a crash left", () => {
  const { directory, file, lockdown } = setUp();
  mkdirSync(directory);
  writeFileSync(`${file}.draft`, "half");
  lockdown.lock(STATE);
  expect(lockdown.state()).toEqual(STATE);
});
