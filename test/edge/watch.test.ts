import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { watchDirectory } from "../../src/edge/watch.ts";
import { tempDir } from "../fixtures/temp.ts";

it("tells of files that are written in place and of those that are replaced, until it is stopped", async () => {
  const directory = tempDir();
  const changed = vi.fn();
  const stop = watchDirectory(directory, changed);
  writeFileSync(join(directory, "in-place"), "x");
  await expect.poll(() => changed).toHaveBeenCalledWith("in-place");
  writeFileSync(join(directory, "draft"), "x");
  renameSync(join(directory, "draft"), join(directory, "replaced"));
  await expect.poll(() => changed).toHaveBeenCalledWith("replaced");
  stop();
  changed.mockClear();
  writeFileSync(join(directory, "after"), "x");
  // Another watcher of the same directory has seen it: this one would have, too.
  const witness = vi.fn();
  const stopWitness = watchDirectory(directory, witness);
  writeFileSync(join(directory, "witnessed"), "x");
  await expect.poll(() => witness).toHaveBeenCalledWith("witnessed");
  stopWitness();
  expect(changed).not.toHaveBeenCalled();
});

it("is silent about a directory that is not there", () => {
  expect(() => watchDirectory("/not/there", () => {})()).not.toThrow();
});
