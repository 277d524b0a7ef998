import { expect, it } from "vitest";
import { WORKSPACE_LIMITS, workspaceBudget, type WorkspaceLimits } from "../../src/backup/budget.ts";
import { MAX_MANIFEST_BYTES, sealManifest } from "../../src/backup/judge.ts";
import { bytesFile, manifest } from "../fixtures/manifest.ts";

const budget = (limits: Partial<WorkspaceLimits>) => workspaceBudget({ bytes: 100, files: 3, directories: 2, names: 100, ...limits });

it("ends with the bytes, the files and the names, each by itself", () => {
  const files = (limits: Partial<WorkspaceLimits>, path = "a", bytes = 1): number => {
    const { fits, file } = budget(limits);
    let count = 0;
    for (; count < 50 && fits(path, bytes); count += 1) file(path, bytes);
    return count;
  };
  expect(files({})).toBe(3);
  expect(files({ bytes: 10 }, "a", 6)).toBe(1);
  expect(files({ names: 7 })).toBe(2);
  expect(files({ names: 15 }, "\u0001")).toBe(1);
  expect(files({ bytes: 0 }, "empty", 0)).toBe(3);
});

it("has directories of its own, which share the names", () => {
  const { directory, fits } = budget({ names: 8 });
  expect([directory("a"), directory("b"), directory("c")]).toEqual([true, true, false]);
  expect([fits("", 0), fits("x", 0)]).toEqual([true, false]);
  expect(budget({ names: 2 }).directory("a")).toBe(false);
});

it("leaves half of a manifest to the gateway", () => {
  const large = { mtimeMs: 2e12, size: 2 ** 40, uid: 4_294_967_294, gid: 4_294_967_294, source: "1".repeat(110) };
  const empty = sealManifest(manifest({ files: [], directories: [] })).length;
  const file = sealManifest(manifest({ files: [bytesFile("", large)], directories: [] })).length - empty + 1;
  const directory = sealManifest(manifest({ files: [], directories: [{ root: "outside-100", path: "", mode: 0o777, uid: large.uid, gid: large.gid }] })).length - empty + 1;
  expect(WORKSPACE_LIMITS.files * file + WORKSPACE_LIMITS.directories * directory + WORKSPACE_LIMITS.names).toBeLessThan(MAX_MANIFEST_BYTES * 0.6);
});
