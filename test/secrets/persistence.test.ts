import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exists } from "../../src/edge/files.ts";
import { findBoltState, persistenceFindings } from "../../src/secrets/persistence.ts";
import { tempDir } from "../fixtures/temp.ts";

it("finds Podman's BoltDB file beside the container's storage, and only there", () => {
  const graphroot = tempDir();
  const staticDir = join(graphroot, "overlay-containers/c0ffee/userdata");
  expect(findBoltState(staticDir, exists)).toBeUndefined();
  mkdirSync(join(graphroot, "libpod"));
  writeFileSync(join(graphroot, "libpod/bolt_state.db"), "");
  expect(findBoltState(staticDir, exists)).toBe(join(graphroot, "libpod/bolt_state.db"));
});

it("does not look where the engine has no such storage", () => {
  expect(findBoltState(undefined, () => true)).toBeUndefined();
});

it.each([
  ["env", "critical", /Commands with secrets are refused/],
  ["auto", "warn", /handed over by standard input/],
  ["stdin", "warn", /handed over by standard input/],
] as const)("is a finding with a remedy: delivery %s", (delivery, severity, detail) => {
  expect(persistenceFindings("box", undefined, delivery)).toEqual([]);
  expect(persistenceFindings("box", "/s/bolt_state.db", delivery)).toEqual([
    { id: "secrets.engine-persists", severity, detail: expect.stringMatching(detail) as string, remedy: expect.stringContaining("SQLite") as string },
  ]);
});
