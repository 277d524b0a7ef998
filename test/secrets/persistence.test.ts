import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exists } from "../../src/edge/files.ts";
import { findBoltState } from "../../src/secrets/persistence.ts";
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
