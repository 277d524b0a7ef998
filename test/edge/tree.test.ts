import { execFileSync } from "node:child_process";
import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Budget, createTreeWalker, type SkipReason } from "../../src/edge/tree.ts";
import { makeSocket, tempDir } from "../fixtures/temp.ts";

interface Seen {
  readonly files: Record<string, string>;
  readonly directories: string[];
  readonly skipped: [string, SkipReason][];
}

const NO_LIMIT: Budget = { entries: 1e6, bytes: 1e9, sparseBytes: 1e9, depth: 512, deadline: Infinity };

/** Walks a tree; paths come back relative to it. `during` is called at each file, before it is read. */
async function walk(root: string, budget: Partial<Budget> = {}, { during = () => {}, now = () => 0, walker = createTreeWalker(), oneFileSystem = false }: { during?: (path: string) => void; now?: () => number; walker?: ReturnType<typeof createTreeWalker>; oneFileSystem?: boolean } = {}): Promise<Seen> {
  const seen: Seen = { files: {}, directories: [], skipped: [] };
  const relative = (path: string): string => path.slice(root.length + 1);
  await walker(
    root,
    { ...NO_LIMIT, ...budget },
    {
      now,
      file(path) {
        during(path);
        const chunks: Buffer[] = [];
        return { push: (chunk) => void chunks.push(Buffer.from(chunk)), end: () => void (seen.files[relative(path)] = Buffer.concat(chunks).toString()) };
      },
      directory: (path) => void seen.directories.push(relative(path)),
      skipped: (path, reason) => void seen.skipped.push([relative(path), reason]),
    },
    { oneFileSystem },
  );
  return seen;
}

const descriptors = (): number => readdirSync("/proc/self/fd").length;

describe("a tree", () => {
  it("is read whole, a file by itself too", async () => {
    const root = tempDir();
    mkdirSync(join(root, "a/b"), { recursive: true });
    writeFileSync(join(root, "top"), "1");
    writeFileSync(join(root, "a/b/deep"), "x".repeat(600_000));
    writeFileSync(join(root, "a/empty"), "");
    const before = descriptors();
    expect(await walk(root)).toEqual({ files: { top: "1", "a/b/deep": "x".repeat(600_000), "a/empty": "" }, directories: ["", "a", "a/b"], skipped: [] });
    expect((await walk(join(root, "top"))).files).toEqual({ "": "1" });
    expect(descriptors()).toBe(before);
  });

  it("that is not there is said to be so", async () => {
    expect((await walk(join(tempDir(), "gone"))).skipped).toEqual([["", "vanished"]]);
  });

  it("is read once, also when another tree lies in it or a file has two names", async () => {
    const root = tempDir();
    mkdirSync(join(root, "inner"));
    writeFileSync(join(root, "inner/file"), "1");
    linkSync(join(root, "inner/file"), join(root, "other"));
    const walker = createTreeWalker();
    const first = await walk(root, {}, { walker });
    expect(Object.values(first.files).sort()).toEqual(["", "1"]);
    expect(await walk(join(root, "inner"), {}, { walker })).toMatchObject({ files: {}, skipped: [] });
  });
});

describe("a hostile tree", () => {
  it("makes nobody wait, and leads nowhere else", async () => {
    const root = tempDir();
    const outside = tempDir();
    writeFileSync(join(outside, "host"), "host");
    execFileSync("mkfifo", [join(root, "fifo")]);
    makeSocket(root, "sock");
    symlinkSync(outside, join(root, "directory-link"));
    symlinkSync(join(outside, "host"), join(root, "file-link"));
    symlinkSync("loop", join(root, "loop"));
    const { files, skipped } = await walk(root);
    expect(files).toEqual({});
    expect(Object.fromEntries(skipped)).toEqual({ fifo: "special file", sock: "special file", "directory-link": "link", "file-link": "link", loop: "link" });
  });

  it("may have names of any bytes", async () => {
    const root = tempDir();
    for (const name of ["-rf", "a\nb", "a\u001b[2Jb", " ", "*", "$(id)"]) writeFileSync(join(root, name), name);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe, 0x41])]), "bytes");
    const { files, skipped } = await walk(root);
    expect(Object.values(files).sort()).toEqual(["-rf", "a\nb", "a\u001b[2Jb", " ", "*", "$(id)", "bytes"].sort());
    expect(skipped).toEqual([]);
  });

  it("may be 400 deep, and no deeper than the budget", async () => {
    const root = tempDir();
    let path = root;
    for (let depth = 0; depth < 400; depth += 1) mkdirSync((path = `${path}/d`));
    // Longer than any path that the kernel takes in one piece.
    execFileSync("sh", ["-c", 'cd "$1" && for i in 1 2 3 4 5 6 7 8 9 10 11 12; do d=$(printf "%0250d" $i); mkdir $d && cd $d || exit 1; done; echo deep > file', "sh", path]);
    const before = descriptors();
    expect(Object.values((await walk(root)).files)).toEqual(["deep\n"]);
    expect((await walk(root, { depth: 100 })).skipped).toEqual([[Array(100).fill("d").join("/"), "too deep"]]);
    expect(descriptors()).toBe(before);
    execFileSync("rm", ["-rf", `${root}/d`]);
  });

  it("may hold sparse files, of which a bounded part is read", async () => {
    const root = tempDir();
    const file = join(root, "sparse");
    writeFileSync(file, "start");
    truncateSync(file, 200 * 2 ** 30);
    writeFileSync(join(root, "dense"), "x".repeat(2_000_000));
    const { files, skipped } = await walk(root, { sparseBytes: 1_000_000 });
    expect(files.dense).toHaveLength(2_000_000);
    expect(files.sparse).toHaveLength(1_000_000);
    expect(skipped).toEqual([["sparse", "sparse"]]);
  });

  it.each<[string, Partial<Budget>, SkipReason]>([
    ["entries", { entries: 10 }, "out of entries"],
    ["bytes", { bytes: 10 }, "out of bytes"],
    ["time", { deadline: 10 }, "out of time"],
  ])("ends when the %s are used up, and says so", async (_, budget, reason) => {
    const root = tempDir();
    for (let index = 0; index < 50; index += 1) writeFileSync(join(root, String(index)), "xx");
    mkdirSync(join(root, "sub"));
    writeFileSync(join(root, "sub/file"), "xx");
    let time = 0;
    const { files, skipped } = await walk(root, budget, { now: () => (time += 1) });
    expect(Object.keys(files).length).toBeLessThan(20);
    expect(skipped.map(([, why]) => why)).toContain(reason);
  });

  it("may change while it is read: what turns into a link is not followed", async () => {
    const outside = tempDir();
    writeFileSync(join(outside, "host"), "host");
    for (let round = 0; round < 200; round += 1) {
      const root = tempDir();
      mkdirSync(join(root, "sub"));
      writeFileSync(join(root, "sub/host"), "own");
      writeFileSync(join(root, "first"), "own");
      const swap = (): void => {
        if (!existsSync(join(root, "moved"))) {
          renameSync(join(root, "sub"), join(root, "moved"));
          symlinkSync(outside, join(root, "sub"));
        }
      };
      const { files } = await walk(root, {}, { during: swap });
      expect(Object.values(files)).not.toContain("host");
    }
  });

  it("whose files vanish is no error", async () => {
    const root = tempDir();
    for (let index = 0; index < 5; index += 1) writeFileSync(join(root, String(index)), "x");
    mkdirSync(join(root, "sub"));
    const { skipped } = await walk(root, {}, { during: () => rmSync(join(root, "sub"), { recursive: true, force: true }) });
    expect(skipped).toEqual([["sub", "vanished"]]);
  });

  it("may hold what nobody can read", async () => {
    expect((await walk("/proc/self/mem")).skipped).toEqual([["", "unreadable"]]);
  });
});

it("leaves out what is mounted in the tree, where that is asked", async () => {
  const { skipped } = await walk("/proc/self/root/dev", {}, { oneFileSystem: true });
  expect(skipped).toContainEqual(["shm", "other file system"]);
});
