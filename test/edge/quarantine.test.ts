import { mkdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createQuarantineFile } from "../../src/edge/quarantine.ts";
import type { Quarantined } from "../../src/model/quarantine.ts";
import { tempDir } from "../fixtures/temp.ts";

const ONE: Quarantined = { engine: "podman", id: "a".repeat(64), name: "sbx-main", scope: "agent:main", since: "2026-11-29T03:00:00.000Z", because: "it hangs" };

function setUp() {
  const directory = join(tempDir(), "fortress");
  return { directory, file: createQuarantineFile(directory) };
}

it("outlives who made it, and leaves nothing when nothing is held any more", () => {
  const { directory, file } = setUp();
  expect(file.read()).toEqual([]);
  file.write([]);
  file.write([ONE]);
  const { scope: _, ...browser } = ONE;
  file.write([ONE, browser]);
  expect(createQuarantineFile(directory).read()).toEqual([ONE, browser]);
  expect(statSync(file.path).mode & 0o777).toBe(0o600);
  file.write([]);
  expect(statSync(file.path, { throwIfNoEntry: false })).toBeUndefined();
  expect(file.read()).toEqual([]);
});

it.each<[string, (path: string) => void]>([
  ["emptied", (path) => truncateSync(path, 0)],
  ["cut off", (path) => truncateSync(path, 10)],
  ["garbage", (path) => writeFileSync(path, Buffer.from([0, 255, 200]))],
  ["of another shape", (path) => writeFileSync(path, '{"version":2,"held":[]}')],
  ["of an engine that there is not", (path) => writeFileSync(path, JSON.stringify([{ ...ONE, engine: "lxc" }]))],
  ["without a full id", (path) => writeFileSync(path, JSON.stringify([{ ...ONE, id: "abc" }]))],
  ["null in a list", (path) => writeFileSync(path, "[null]")],
  ["a directory", (path) => (rmSync(path), mkdirSync(join(path, "x"), { recursive: true }))],
  ["a link to nothing", (path) => (rmSync(path), symlinkSync("/nonexistent", path))],
])("is not understood when its file is %s", (_, damage) => {
  const { file } = setUp();
  file.write([ONE]);
  damage(file.path);
  expect(file.read()).toBeUndefined();
});

it("is made in spite of what a crash left", () => {
  const { directory, file } = setUp();
  mkdirSync(directory);
  writeFileSync(`${file.path}.draft`, "half");
  file.write([ONE]);
  expect(file.read()).toEqual([ONE]);
});
