import { execFileSync } from "node:child_process";
import { type BigIntStats, chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WORKSPACE_LIMITS } from "../../src/backup/budget.ts";
import { nameOf } from "../../src/backup/restore-plan.ts";
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

describe("a workspace without end", () => {
  const copied = { size: 1, sha256: "a".repeat(64) };
  const collected = ({ plan, home }: BackupWorld, walk: CollectEdges["walk"], former?: FormerSet) => {
    const edges: CollectEdges = { ...backupWorkerEdges({ ...plan, kind: "create" }), walk, isDatabase: () => false, copyBytes: async () => copied, hashFile: async () => copied, makeDirectory: () => {}, linkFile: () => true, statsOf: () => undefined };
    return collect(edges, { plan, sources: [{ name: "state", source: home.stateDir, what: "" }], stage: "/stage", former, formerDatabases: new Set(), signal: new AbortController().signal, progress: () => {} });
  };
  const statsOf = ({ home }: BackupWorld): BigIntStats => ({ ...statSync(home.workspace, { bigint: true }), size: 1n, mtimeNs: 1n, ctimeNs: 1n, mtimeMs: 1n }) as BigIntStats;

  it("has its directories counted", async () => {
    const world = backupWorld();
    const stats = statsOf(world);
    const { directories, skipped } = await collected(world, async (_, visitor) => {
      for (let index = 0; index < WORKSPACE_LIMITS.directories + 5; index += 1) visitor.directory(`workspace/${index}`, stats);
    });
    expect([directories.length, skipped.length]).toEqual([200_000, 5]);
    expect(skipped[0]).toEqual({ path: "workspace/200000", because: "more than backups.workspaces allows" });
  });

  it("has its files counted, copied or shared with the set before", async () => {
    const world = backupWorld();
    const stats = statsOf(world);
    const walk: CollectEdges["walk"] = async (_, visitor) => {
      for (let index = 0; index < WORKSPACE_LIMITS.files + 5; index += 1) await visitor.file(`workspace/${index}`, 0, stats);
    };
    const first = await collected(world, walk);
    const second = await collected(world, walk, { path: "/former", manifest: { ...manifest({ files: first.files }), seal: "" } });
    expect([first, second].map(({ files, shared, skipped }) => [files.length, shared.size, skipped.length])).toEqual([[200_000, 0, 5], [200_000, 200_000, 5]]);
  }, 120_000);
});

it("names that encryption could need are in an encrypted set like any other", async () => {
  const identity = await generateIdentity();
  const world = backupWorld({ recipients: [await identityToRecipient(identity)] });
  const tricky = ["a", "a.age", "a.age.age", "x".repeat(255), "encrypting", "manifest.json"];
  for (const name of tricky) world.home.write(`.openclaw/workspace/${name}`, `of ${name}`);
  const { set } = await world.run({ kind: "create" });
  expect(set.status).toBe("verified");
  world.home.write("identity", identity);
  await world.run({ kind: "restore", to: world.home.path("restored"), identity: world.home.path("identity") });
  for (const name of tricky) expect(readFileSync(world.home.path(`restored/workspace/${name}`), "utf8")).toBe(`of ${name}`);
  expect(readdirSync(join(world.plan.directory, "sets", set.id)).toSorted()).toEqual(["files", "manifest.json"]);
});

describe("whatever lies in a workspace", () => {
  const MAX_NAME = 255;
  const cut = (name: string): string => {
    const characters = [...name];
    while (Buffer.byteLength(characters.join("")) > MAX_NAME) characters.pop();
    return characters.join("");
  };
  const strange = fc.string({ unit: "binary", minLength: 1, maxLength: 300 }).map((name) => cut(name.replaceAll(/[/\0]/g, "_").toWellFormed()));
  const known = fc.constantFrom("a", "a.age", "a-wal", "a-journal", "x.sqlite", "x.sqlite-wal", "node_modules", "extensions", "y".repeat(MAX_NAME), "\n", "\u202e", "%2e%2e", "state", "outside-1:a", "\\");
  const name = fc.oneof(known, strange).filter((each) => each !== "." && each !== "..");
  const node = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 16 }),
    kind: fc.constantFrom("file", "database", "link", "directory", "pipe", "not text"),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    seconds: fc.oneof(fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }), fc.constantFrom(-1, 0, 15_032_385_535)),
  });
  const DATABASE = Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(600, 1)]);

  const CANNOT = ["EEXIST", "EISDIR", "ENOTDIR", "ENAMETOOLONG"];
  /** What a command ends with that can't do it for such a reason. */
  const REFUSED = 1;
  /** Only what is not there yet: a link is not followed, and nobody waits for a pipe's reader. */
  const anew = { flag: "wx" };

  /** Makes what can be made: a path may lead through a file, or be too long for the system. */
  const make = (root: string, { path, kind, mode, seconds }: typeof node extends fc.Arbitrary<infer T> ? T : never): void => {
    const place = join(root, ...path);
    try {
      mkdirSync(dirname(place), { recursive: true });
      if (kind === "directory") mkdirSync(place);
      else if (kind === "link") symlinkSync("/dev/null", place);
      else if (kind === "pipe") execFileSync("mkfifo", [place]);
      else if (kind === "not text") writeFileSync(Buffer.concat([Buffer.from(`${dirname(place)}/`), Buffer.from([0xff, 0xc0])]), "", anew);
      else writeFileSync(place, kind === "database" ? DATABASE : path.join(), anew);
      if (kind === "link" || kind === "not text") return;
      chmodSync(place, mode);
      execFileSync("touch", ["-d", `@${seconds}`, place]);
    } catch (error) {
      const { code = "", status } = error as NodeJS.ErrnoException & { status?: number };
      if (status !== REFUSED && !CANNOT.includes(code)) throw error;
    }
  };

  it("comes to a verified set that its reader takes, and that can be restored", async () => {
    const identity = await generateIdentity();
    const recipients = [await identityToRecipient(identity)];
    await fc.assert(
      fc.asyncProperty(fc.array(node, { maxLength: 8 }), fc.boolean(), async (nodes, encrypted) => {
        const world = backupWorld(encrypted ? { recipients } : {});
        for (const each of nodes) make(world.home.workspace, each);
        const { set } = await world.run({ kind: "create" });
        expect([set.status, set.problems]).toEqual(["verified", []]);
        // Read as whoever restores from it reads it.
        expect(names(world, set.id)).toContain("openclaw.json");
        world.home.write("identity", identity);
        expect(await world.run({ kind: "drill", identity: world.home.path("identity") })).toMatchObject({ outcome: "passed" });
        rmSync(world.home.dir, { recursive: true });
      }),
      { numRuns: 20 },
    );
  }, 180_000);
});
