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
