import { execFileSync } from "node:child_process";
import { type BigIntStats, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { WORKSPACE_LIMITS } from "../../src/backup/budget.ts";
import { nameOf } from "../../src/backup/restore-plan.ts";
import { walkForBackup } from "../../src/edge/backup-walk.ts";
import { collect, type CollectEdges, type FormerSet } from "../../src/flows/backup-collect.ts";
import { backupWorkerEdges } from "../../src/host/backup-worker-edges.ts";
import { manifest } from "../fixtures/manifest.ts";
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

it("directories without number are counted like files", async () => {
  const world = backupWorld();
  const walk: typeof walkForBackup = async (root, visitor, signal) => {
    await walkForBackup(root, visitor, signal);
    const stats = statSync(root, { bigint: true });
    for (let index = 0; index < 1_000_001; index += 1) visitor.directory(`workspace/${index}`, stats);
  };
  const { set } = await world.run({ kind: "create" }, { walk });
  const { directories, skipped, skippedMore } = world.manifest(set.id);
  expect([set.status, directories.length, skipped.length + skippedMore]).toEqual(["verified", 200_001, 800_002]);
  expect(skipped[0]).toEqual({ path: "workspace/199999", because: "more than backups.workspaces allows" });
});

it("files are counted whether they are copied or shared with the set before", async () => {
  const { plan, home } = backupWorld();
  const copied = { size: 1, sha256: "a".repeat(64) };
  const stats = { ...statSync(home.workspace, { bigint: true }), size: 1n, mtimeNs: 1n, ctimeNs: 1n, mtimeMs: 1n };
  const edges: CollectEdges = {
    ...backupWorkerEdges({ ...plan, kind: "create" }),
    walk: async (_, visitor) => {
      for (let index = 0; index < WORKSPACE_LIMITS.files + 5; index += 1) await visitor.file(`workspace/${index}`, 0, stats as BigIntStats);
    },
    isDatabase: () => false,
    copyBytes: async () => copied,
    hashFile: async () => copied,
    makeDirectory: () => {},
    linkFile: () => true,
    statsOf: () => undefined,
  };
  const run = (former: FormerSet | undefined) => collect(edges, { plan, sources: [{ name: "state", source: home.stateDir, what: "" }], stage: "/stage", former, formerDatabases: new Set(), signal: new AbortController().signal, progress: () => {} });
  const first = await run(undefined);
  const second = await run({ path: "/former", manifest: { ...manifest({ files: first.files }), seal: "" } });
  expect([first, second].map(({ files, shared, skipped }) => [files.length, shared.size, skipped.length])).toEqual([[200_000, 0, 5], [200_000, 200_000, 5]]);
});
