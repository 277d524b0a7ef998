import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { sealManifest } from "../../src/backup/judge.ts";
import { freePort } from "../support/gateway-process.ts";
import { backupWorld, type BackupWorld } from "../fixtures/backup-world.ts";
import { rejectionOf } from "../fixtures/errors.ts";
import { findOnDisk } from "../support/leaks.ts";

async function made(world = backupWorld()): Promise<BackupWorld & { readonly id: string }> {
  world.database("state/openclaw.sqlite").close();
  world.database("memory/main.sqlite").close();
  world.home.write(".openclaw/credentials/token", "tok-canary-83");
  chmodSync(join(world.home.stateDir, "credentials/token"), 0o640);
  world.home.write(".openclaw/workspace/MEMORY.md", "notes");
  const { set } = await world.run({ kind: "create" });
  return { ...world, id: set.id };
}

const fail = (): never => {
  throw new Error("EIO: i/o error");
};
const stopped = { gatewayEvidence: async () => undefined };
const AT = { port: 1, tls: false };
const rows = (world: BackupWorld, directory: string): unknown => world.read(join(directory, "state/openclaw.sqlite"), "SELECT count(*) AS n FROM t");

/** Changes a manifest and seals it again, as whoever can write the sets could. */
function forge(world: BackupWorld, id: string, change: (manifest: Record<string, unknown>) => void): void {
  const { seal: _, ...manifest } = structuredClone(world.manifest(id));
  change(manifest);
  writeFileSync(join(world.plan.directory, "sets", id, "manifest.json"), sealManifest(manifest));
}

describe("to a fresh directory", () => {
  it("brings everything back as it was, with modes and times", async () => {
    const world = await made();
    const to = world.home.path("restored");
    const result = await world.run({ kind: "restore", to });
    expect(result).toMatchObject({ set: world.id, to, files: 5, databases: 2, aside: [] });
    expect(readdirSync(join(to, "state"))).toEqual(["openclaw.sqlite"]);
    expect(rows(world, to)).toEqual([{ n: 2 }]);
    expect(readFileSync(join(to, "workspace/MEMORY.md"), "utf8")).toBe("notes");
    const [before, after] = [world.home.stateDir, to].map((root) => statSync(join(root, "credentials/token")));
    expect([after!.mode, after!.uid]).toEqual([before!.mode, before!.uid]);
    expect(Math.abs(after!.mtimeMs - before!.mtimeMs)).toBeLessThan(2);
  });

  it("brings the links of installed plugins back, and no others", async () => {
    const world = backupWorld();
    world.home.write(".openclaw/npm/projects/p/node_modules/p/index.js", "code");
    symlinkSync("/usr/lib/node_modules/openclaw", join(world.home.stateDir, "npm/projects/p/node_modules/openclaw"));
    world.home.link(".openclaw/credentials", "elsewhere");
    const { set } = await world.run({ kind: "create" });
    expect(world.manifest(set.id).skipped).toContainEqual({ path: "credentials", because: "link" });
    const to = world.home.path("restored");
    await world.run({ kind: "restore", to });
    expect(readlinkSync(join(to, "npm/projects/p/node_modules/openclaw"))).toBe("/usr/lib/node_modules/openclaw");
    expect(existsSync(join(to, "credentials"))).toBe(false);
  });

  it("says whose files could not be given back, where that takes root", async () => {
    const world = await made();
    const { setAttributes } = await import("../../src/edge/restore-files.ts");
    const result = await world.run({ kind: "restore", to: world.home.path("r") }, { setAttributes: (path, attributes) => setAttributes(path, attributes) && !path.endsWith("MEMORY.md") });
    expect(result.notes[0]).toContain("1 files and directories belonged to somebody else (workspace/MEMORY.md)");
  });

  it("brings one file where one is asked for", async () => {
    const world = await made();
    const to = world.home.path("restored");
    expect(await world.run({ kind: "restore", to, only: "memory/main.sqlite" })).toMatchObject({ files: 1, databases: 1 });
    expect(readdirSync(to, { recursive: true }).toSorted()).toEqual(["memory", "memory/main.sqlite"]);
  });

  it("reads sets from elsewhere, as on a new machine, and writes nothing there", async () => {
    const world = await made();
    renameSync(world.plan.directory, world.home.path("usb"));
    chmodSync(world.home.path("usb"), 0o755);
    const to = world.home.path("restored");
    expect(await world.run({ kind: "restore", to }, { plan: { directory: world.home.path("usb"), foreign: true } })).toMatchObject({ set: world.id });
    expect(readdirSync(world.home.path("usb")).toSorted()).toEqual(["sets", "state.json"]);
  });

  it.each<[string, (world: BackupWorld) => string]>([
    ["what is there already", (world) => (mkdirSync(world.home.path("there")), world.home.path("there"))],
    ["the state directory", (world) => world.home.stateDir],
    ["the inside of the state directory", (world) => join(world.home.stateDir, "restored")],
    ["a workspace", (world) => join(world.home.workspace, "restored")],
    ["a workspace through a link", (world) => (symlinkSync(world.home.workspace, world.home.path("link")), world.home.path("link/restored"))],
    ["the backups", (world) => join(world.plan.directory, "restored")],
  ])("is never %s", async (_, choose) => {
    const world = await made();
    const to = choose(world);
    const before = readdirSync(world.home.dir, { recursive: true }).toSorted();
    expect(await rejectionOf(world.run({ kind: "restore", to }))).toMatchObject({ code: "backup-refused", message: expect.stringContaining("--to") as string });
    expect(readdirSync(world.home.dir, { recursive: true }).toSorted()).toEqual(before);
  });

  it("says what there is when a set is not", async () => {
    const world = backupWorld();
    expect(await rejectionOf(world.run({ kind: "restore", to: world.home.path("r") }))).toMatchObject({ code: "backup-refused", remedy: "Make one: openclaw fortress backup create" });
    expect(await rejectionOf(world.run({ kind: "restore", to: world.home.path("r"), set: "../../etc" }))).toMatchObject({ code: "backup-refused" });
  });
});

describe("a set that is not what it says", () => {
  it.each<[string, (world: BackupWorld, id: string) => void]>([
    ["a changed file", (world, id) => writeFileSync(world.stored(id, "credentials/token"), "tok-canary-84")],
    ["a file that is gone", (world, id) => rmSync(world.stored(id, "credentials/token"))],
    ["a link in place of a file", (world, id) => (rmSync(world.stored(id, "credentials/token")), symlinkSync("/etc/passwd", world.stored(id, "credentials/token")))],
    ["a directory in place of a file", (world, id) => (rmSync(world.stored(id, "credentials/token")), mkdirSync(world.stored(id, "credentials/token")))],
    ["a manifest that leads out", (world, id) => forge(world, id, (manifest) => ((manifest.files as { path: string }[])[0]!.path = "../../out"))],
    ["a manifest that is cut off", (world, id) => writeFileSync(join(world.plan.directory, "sets", id, "manifest.json"), "{")],
    ["a manifest that is a link", (world, id) => (rmSync(join(world.plan.directory, "sets", id, "manifest.json")), symlinkSync("/etc/passwd", join(world.plan.directory, "sets", id, "manifest.json")))],
    ["a database whose rows were taken, with a hash that fits", (world, id) => {
      const file = world.stored(id, "state/openclaw.sqlite");
      const database = new DatabaseSync(file);
      database.exec("PRAGMA journal_mode = DELETE; DELETE FROM t");
      database.close();
      const bytes = readFileSync(file);
      forge(world, id, (manifest) => {
        const entry = (manifest.files as { path: string; size: number; sha256: string }[]).find(({ path }) => path === "state/openclaw.sqlite")!;
        Object.assign(entry, { size: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
      });
    }],
  ])("is refused before a byte is written: %s", async (_, damage) => {
    const world = await made();
    damage(world, world.id);
    const to = world.home.path("restored");
    expect(await rejectionOf(world.run({ kind: "restore", to, set: world.id }))).toMatchObject({ code: "backup-invalid", remedy: expect.stringContaining("Nothing was written") as string });
    expect([existsSync(to), existsSync(world.home.path("out"))]).toEqual([false, false]);
  });

  it("is named by verify, file by file", async () => {
    const world = await made();
    writeFileSync(world.stored(world.id, "credentials/token"), "x");
    writeFileSync(world.stored(world.id, "workspace/MEMORY.md"), "NOTES");
    expect((await world.run({ kind: "verify" })).damage).toEqual([{ path: "credentials/token", detail: "has 1 bytes and not 13" }, { path: "workspace/MEMORY.md", detail: "holds other bytes than were written" }]);
    expect(await world.run({ kind: "drill" })).toMatchObject({ outcome: "failed", detail: expect.stringContaining("credentials/token") as string });
  });
});

describe("into place", () => {
  it("exchanges the whole state directory, keeps what was there and takes over what no backup holds", async () => {
    const world = await made();
    world.home.write(".openclaw/models/big.gguf", "weights");
    const damaged = world.database("state/openclaw.sqlite", "DELETE FROM t");
    world.home.write(".openclaw/credentials/newer", "x");
    const result = await world.run({ kind: "restore", intoPlace: AT }, stopped);
    damaged.close();
    expect(readdirSync(join(world.home.stateDir, "state"))).toEqual(["openclaw.sqlite"]);
    expect(rows(world, world.home.stateDir)).toEqual([{ n: 2 }]);
    expect(existsSync(join(world.home.stateDir, "credentials/newer"))).toBe(false);
    expect(readFileSync(join(world.home.stateDir, "models/big.gguf"), "utf8")).toBe("weights");
    expect(result.aside).toEqual([expect.stringContaining(".openclaw.before-") as string]);
    expect(readFileSync(join(result.aside[0]!, "credentials/newer"), "utf8")).toBe("x");
  });

  it.each(["the second rename fails", "the first one is not made to last"])("puts back what was there when %s", async (what) => {
    const world = await made();
    world.home.write(".openclaw/credentials/newer", "x");
    const { moveTo } = await import("../../src/edge/restore-files.ts");
    const failing: typeof moveTo = (from, to) => {
      const isFirst = to.includes(".before-");
      if (isFirst) moveTo(from, to);
      if (isFirst === what.startsWith("the first")) throw new Error("EIO: i/o error");
    };
    const error = await rejectionOf(world.run({ kind: "restore", intoPlace: AT }, { ...stopped, moveTo: failing }));
    expect([error.message, error.remedy]).toEqual([expect.stringContaining("EIO"), expect.stringContaining("put back")]);
    expect(existsSync(join(world.home.stateDir, "credentials/newer"))).toBe(true);
    expect(readdirSync(world.home.dir).filter((name) => /before|restoring/.test(name))).toEqual([]);
  });

  it("says where everything lies when that can't be put back", async () => {
    const world = await made();
    const { moveTo } = await import("../../src/edge/restore-files.ts");
    const error = await rejectionOf(world.run({ kind: "restore", intoPlace: AT }, {
      ...stopped,
      moveTo: (from, to) => (to.includes(".before-") ? moveTo(from, to) : fail()),
      moveAside: fail,
    }));
    const [before, restoring] = ["before", "restoring"].map((kind) => join(world.home.dir, readdirSync(world.home.dir).find((name) => name.includes(`.${kind}-`))!));
    expect(error.message).toContain(`What was there lies in ${before}`);
    expect(error.message).toContain(restoring);
    expect(error.remedy).toContain(`mv ${before} ${world.home.stateDir}`);
  });

  it("puts one file back, with what lies beside it", async () => {
    const world = await made();
    world.home.write(".openclaw/memory/main.sqlite-journal", "beside");
    const before = readdirSync(join(world.home.stateDir, "memory")).toSorted();
    const error = await rejectionOf(world.run({ kind: "restore", intoPlace: AT, only: "memory/main.sqlite" }, { ...stopped, moveTo: fail }));
    expect(error.remedy).toContain("put back");
    expect(readdirSync(join(world.home.stateDir, "memory")).toSorted()).toEqual(before);
  });

  it("says how much of the workspaces the set does not have", async () => {
    const world = await made(backupWorld({ workspaceBytes: 10 }));
    for (const path of ["workspace/a/node_modules/p/x.js", "workspace/large", "workspace/larger"]) world.home.write(`.openclaw/${path}`, "more than ten bytes");
    await world.run({ kind: "create" });
    const { notes } = await world.run({ kind: "restore", intoPlace: AT }, stopped);
    expect(notes).toContainEqual(expect.stringContaining("2 files and directories of workspaces for which backups.workspaces had no room, 1 directory node_modules"));
  });

  it("exchanges one database with what lies beside it: a log of the old one would be applied to the new one", async () => {
    const world = await made();
    const live = world.database("state/openclaw.sqlite", "DELETE FROM t; INSERT INTO t VALUES (9)");
    // A gateway that was killed leaves its log.
    const log = readFileSync(join(world.home.stateDir, "state/openclaw.sqlite-wal"));
    const main = readFileSync(join(world.home.stateDir, "state/openclaw.sqlite"));
    live.close();
    writeFileSync(join(world.home.stateDir, "state/openclaw.sqlite"), main);
    writeFileSync(join(world.home.stateDir, "state/openclaw.sqlite-wal"), log);
    const result = await world.run({ kind: "restore", intoPlace: AT, only: "state/openclaw.sqlite" }, stopped);
    expect(existsSync(join(world.home.stateDir, "state/openclaw.sqlite-wal"))).toBe(false);
    expect(rows(world, world.home.stateDir)).toEqual([{ n: 2 }]);
    expect(world.read(result.aside[0]!, "SELECT a FROM t")).toEqual([{ a: 9 }]);
  });

  it("does nothing below what a sandbox can write, or through a link", async () => {
    const world = await made();
    expect(await rejectionOf(world.run({ kind: "restore", intoPlace: AT, only: "workspace/MEMORY.md" }, stopped))).toMatchObject({ code: "backup-refused", message: expect.stringContaining("where sandboxes write") as string });
    renameSync(join(world.home.stateDir, "memory"), world.home.path("memory"));
    symlinkSync(world.home.path("memory"), join(world.home.stateDir, "memory"));
    expect(await rejectionOf(world.run({ kind: "restore", intoPlace: AT, only: "memory/main.sqlite" }, stopped))).toMatchObject({ code: "backup-refused", message: expect.stringContaining("through a link") as string });
  });

  it("is refused while something tells of a gateway, and leaves nothing behind", async () => {
    const world = await made();
    const before = readdirSync(world.home.dir).toSorted();
    for (const only of [undefined, "state/openclaw.sqlite"]) {
      // Also when it starts while the restore prepares itself.
      for (const calls of [0, 1]) {
        const gatewayEvidence = vi.fn(async () => (gatewayEvidence.mock.calls.length > calls ? "something answers at port 1" : undefined));
        expect(await rejectionOf(world.run({ kind: "restore", intoPlace: AT, ...(only ? { only } : {}) }, { gatewayEvidence }))).toMatchObject({ code: "backup-refused", message: "The gateway is not stopped: something answers at port 1." });
        expect(readdirSync(world.home.dir).toSorted()).toEqual(before);
        expect(readdirSync(join(world.home.stateDir, "state")).filter((name) => /restoring|before/.test(name))).toEqual([]);
      }
    }
  });

  it("sees a gateway by its port, its lock and its open files", async () => {
    const world = await made();
    const port = await freePort();
    const ask = () => world.run({ kind: "restore", intoPlace: { port, tls: false }, only: "state/openclaw.sqlite" });
    const server = createServer((socket) => socket.destroy()).listen(port, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    expect((await rejectionOf(ask())).message).toContain(`port ${port}`);
    await new Promise((resolve) => server.close(resolve));

    const { execa } = await import("execa");
    const other = execa("sleep", ["60"], { reject: false });
    onTestFinished(() => void other.kill());
    const lock = join(world.home.stateDir, "tmp", `openclaw-${process.getuid!()}`, "gateway.state.lock");
    mkdirSync(join(lock, ".."), { recursive: true });
    writeFileSync(lock, JSON.stringify({ pid: other.pid, role: "gateway" }));
    expect((await rejectionOf(ask())).message).toContain(`process ${other.pid} holds the lock`);
    writeFileSync(lock, "garbage");
    expect((await rejectionOf(ask())).message).toContain("can't be read");
    rmSync(lock);

    const holder = execa("sh", ["-c", 'exec 3<"$0"; exec sleep 60', join(world.home.stateDir, "memory/main.sqlite")], { reject: false });
    onTestFinished(() => void holder.kill());
    await expect.poll(() => readlinkSync(`/proc/${holder.pid}/fd/3`)).toContain("main.sqlite");
    expect((await rejectionOf(ask())).message).toContain(`process ${holder.pid} has `);
    holder.kill();
    await holder;
    expect(await ask()).toMatchObject({ databases: 1 });
  });
});

describe("encrypted sets", () => {
  async function encrypted() {
    const identity = await generateIdentity();
    const recipient = await identityToRecipient(identity);
    const world = await made(backupWorld({ recipients: [recipient] }));
    const file = world.home.path("identity.txt");
    writeFileSync(file, `# created: now\n# public key: ${recipient}\n${identity}\n`);
    return { world, recipient, file };
  }

  it("hold nothing that can be read without the identity, and come back with it", async () => {
    const { world, file } = await encrypted();
    expect(await findOnDisk("tok-canary-83", [world.plan.directory])).toEqual([]);
    expect(await findOnDisk("SQLite format 3", [world.plan.directory])).toEqual([]);
    expect(await findOnDisk("AGE-SECRET-KEY", [world.plan.directory])).toEqual([]);
    expect(await world.run({ kind: "verify" })).toMatchObject({ read: false, damage: [] });
    const to = world.home.path("restored");
    await world.run({ kind: "restore", to, identity: file });
    expect([readFileSync(join(to, "credentials/token"), "utf8"), rows(world, to)]).toEqual(["tok-canary-83", [{ n: 2 }]]);
    expect(await world.run({ kind: "drill" })).toMatchObject({ outcome: "passed", hashesOnly: true, detail: expect.stringContaining("hashes only") as string });
    expect(JSON.parse(readFileSync(join(world.plan.directory, "state.json"), "utf8"))).toMatchObject({ drill: { hashesOnly: true } });
    expect((await world.run({ kind: "drill", identity: file })).hashesOnly).toBeUndefined();
    expect(await world.run({ kind: "drill", identity: file })).toMatchObject({ outcome: "passed", detail: expect.stringContaining("read back") as string });
  });

  it("share what did not change, among those for the same recipients only", async () => {
    const { world } = await encrypted();
    const later = { now: () => BigInt(Date.now() + 60_000) * 1_000_000n };
    await world.run({ kind: "create" }, later);
    expect((await world.run({ kind: "create" }, later)).shared).toBe(5);
    const other = await identityToRecipient(await generateIdentity());
    expect((await world.run({ kind: "create" }, { ...later, plan: { recipients: [other] } })).shared).toBe(0);
    expect((await world.run({ kind: "create" }, { ...later, plan: { recipients: [] } })).shared).toBe(0);
  });

  it("are refused without the identity, with a wrong one, or changed", async () => {
    const { world, recipient, file } = await encrypted();
    const to = world.home.path("restored");
    expect(await rejectionOf(world.run({ kind: "restore", to }))).toMatchObject({ code: "backup-refused", remedy: expect.stringContaining(recipient) as string });
    const wrong = world.home.path("wrong.txt");
    writeFileSync(wrong, await generateIdentity());
    expect((await rejectionOf(world.run({ kind: "restore", to, identity: wrong }))).message).toContain("none of the identities");
    writeFileSync(wrong, "AGE-SECRET-KEY-1NOTREALLYAKEY");
    const error = await rejectionOf(world.run({ kind: "restore", to, identity: wrong }));
    expect([error.code, error.message]).toEqual(["backup-refused", expect.not.stringContaining("NOTREALLY")]);
    expect((await rejectionOf(world.run({ kind: "restore", to, identity: world.home.path("none") }))).code).toBe("backup-refused");
    const stored = world.stored(world.id, "credentials/token");
    const bytes = readFileSync(stored);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(stored, bytes);
    expect((await rejectionOf(world.run({ kind: "restore", to, identity: file }))).code).toBe("backup-invalid");
    expect(existsSync(to)).toBe(false);
  });

  it("are not made for what is no recipient", async () => {
    const world = backupWorld({ recipients: ["age1nonsense"] });
    expect(await rejectionOf(world.run({ kind: "create" }))).toMatchObject({ code: "backup-refused", message: expect.stringContaining("backups.recipients") as string });
    expect(readdirSync(join(world.plan.directory, "sets"))).toEqual([]);
  });
});

it("drills, and remembers it", async () => {
  const world = await made();
  expect(await world.run({ kind: "drill" })).toEqual({ set: world.id, outcome: "passed", detail: "5 files restored and read back, 2 databases among them" });
  expect(JSON.parse(readFileSync(join(world.plan.directory, "state.json"), "utf8"))).toMatchObject({ run: { outcome: "verified" }, drill: { outcome: "passed", set: world.id }, verified: { id: world.id } });
  expect(readdirSync(world.plan.directory).filter((name) => name.startsWith("."))).toEqual([]);
});
