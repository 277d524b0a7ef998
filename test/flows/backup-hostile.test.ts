import { execFileSync } from "node:child_process";
import { lutimesSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { expect, it } from "vitest";
import { nameOf } from "../../src/backup/restore-plan.ts";
import { backupWorld, type BackupWorld } from "../fixtures/backup-world.ts";

/** What an agent leaves in its workspace; each of these once stopped every backup. */
const names = (world: BackupWorld, set: string): string[] => world.manifest(set).files.map(nameOf);

it("a file from before 1970 is in the set", async () => {
  const world = backupWorld();
  world.home.write(".openclaw/workspace/old", "x");
  execFileSync("touch", ["-d", "1965-01-01", join(world.home.workspace, "old")]);
  const { set } = await world.run({ kind: "create" });
  expect(set.status).toBe("verified");
  expect(names(world, set.id)).toContain("workspace/old");
});

it("a path that is longer than any that can be restored is left out, and named by its beginning", async () => {
  const world = backupWorld();
  world.home.write(".openclaw/workspace/short", "x");
  // The kernel takes no such path in one piece.
  execFileSync("python3", ["-c", "import os, sys\nos.chdir(sys.argv[1])\nfor i in range(45):\n d = str(i).zfill(100); os.mkdir(d); os.chdir(d); os.symlink('x', 'link'); open('file', 'w').write('x')", world.home.workspace]);
  const { set } = await world.run({ kind: "create" });
  execFileSync("rm", ["-rf", world.home.workspace]);
  const { directories, skipped } = world.manifest(set.id);
  expect(set.status).toBe("verified");
  const long = skipped.filter(({ because }) => because === "its path is too long");
  expect(long.map(({ path }) => path.length)).toEqual([401]);
  expect(Math.max(...[...directories, ...world.manifest(set.id).files].map(({ path }) => path.length))).toBeGreaterThan(2_900);
  // Nothing of it stands in the way of a restore.
  await world.run({ kind: "restore", to: world.home.path("restored") });
  expect(readFileSync(world.home.path("restored/workspace/short"), "utf8")).toBe("x");
  execFileSync("rm", ["-rf", world.home.path("restored")]);
});
