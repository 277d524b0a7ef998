import { execFileSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { measureFile, measureTrees, type TreeBudget, type TreeUse } from "../../src/edge/disk-use.ts";
import { tempDir } from "../fixtures/temp.ts";

const KIB = 1_024;

function measure(roots: readonly string[], budget: Partial<TreeBudget> = {}): Promise<TreeUse> {
  return measureTrees(roots, { files: 1e6, time: 60_000, mountPoints: new Set(), signal: new AbortController().signal, ...budget });
}

/** What the field's own tool says of the same tree. */
function du(root: string): TreeUse {
  const ask = (...flags: string[]): number => Number(execFileSync("du", ["-s", "-x", ...flags, root], { encoding: "utf8" }).split("\t")[0]);
  return { bytes: ask("--block-size=1"), files: ask("--inodes") };
}

const descriptors = (): number => readdirSync("/proc/self/fd").length;

/** Something of every kind that a sandbox can make. */
function hostile(): string {
  const root = tempDir();
  const outside = tempDir();
  writeFileSync(join(outside, "big"), "x".repeat(900 * KIB));
  mkdirSync(join(root, "a/b"), { recursive: true });
  writeFileSync(join(root, "a/b/file"), "x".repeat(300 * KIB));
  linkSync(join(root, "a/b/file"), join(root, "a/second-name"));
  writeFileSync(join(root, "sparse"), "start");
  truncateSync(join(root, "sparse"), 200 * 2 ** 30);
  symlinkSync(outside, join(root, "link"));
  symlinkSync(join(outside, "big"), join(root, "file-link"));
  symlinkSync(".", join(root, "loop"));
  execFileSync("mkfifo", [join(root, "fifo")]);
  for (const name of ["-rf", "a\nb", " ", "*"]) writeFileSync(join(root, name), name);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe, 0x41])]), "x".repeat(100 * KIB));
  return root;
}

it("counts what a hostile tree takes as du does, and leaves nothing open", async () => {
  const root = hostile();
  const before = descriptors();
  const use = await measure([root]);
  expect(use).toEqual(du(root));
  expect([use.bytes > 400 * KIB, use.bytes < 700 * KIB]).toEqual([true, true]);
  expect(descriptors()).toBe(before);
});

it("counts a root once that is named twice or lies in another, and a file that is a root", async () => {
  const root = hostile();
  expect(await measure([join(root, "a"), root, root])).toEqual(du(root));
  expect(await measure([join(root, "a/b/file")])).toEqual({ bytes: statSync(join(root, "a/b/file")).blocks * 512, files: 1 });
  expect(await measure([join(root, "gone")])).toEqual({ bytes: 0, files: 0 });
  expect(await measure([join(root, "link")])).toMatchObject({ files: 1 });
});

it("leaves out what is mounted in the tree", async () => {
  const root = hostile();
  const all = await measure([root]);
  const inner = await measure([join(root, "a")]);
  expect(await measure([root], { mountPoints: new Set([join(root, "a"), root]) })).toEqual({ bytes: all.bytes - inner.bytes, files: all.files - inner.files });
  const { files } = await measure(["/dev"]);
  expect(files).toBeLessThan(Number(execFileSync("sh", ["-c", "find /dev | wc -l"], { encoding: "utf8" })));
});

it("goes 200 deep, and says that it goes no deeper", async () => {
  const root = tempDir();
  mkdirSync(join(root, Array<string>(200).fill("d").join("/")), { recursive: true });
  expect(await measure([root])).toEqual(du(root));
  mkdirSync(join(root, Array<string>(300).fill("d").join("/")), { recursive: true });
  expect(await measure([root])).toMatchObject({ files: 256, unseen: "it is deeper than 256 levels" });
});

it.each<[string, Partial<TreeBudget>, string | undefined]>([
  ["files", { files: 20 }, "only 20 files are counted"],
  ["time", { time: -1 }, "it takes longer than -0.001 s"],
  ["signal", { signal: AbortSignal.abort() }, undefined],
])("ends by its %s", async (_, budget, unseen) => {
  const root = tempDir();
  for (let index = 0; index < 50; index += 1) writeFileSync(join(root, String(index)), "");
  const before = descriptors();
  const use = await measure([root], budget);
  expect([use.unseen, use.files <= 21, descriptors()]).toEqual([unseen, true, before]);
});

it("bears a tree that changes meanwhile", async () => {
  const root = tempDir();
  for (let index = 0; index < 400; index += 1) mkdirSync(join(root, String(index)));
  const before = descriptors();
  const measuring = measure([root]);
  for (let index = 0; index < 400; index += 2) {
    rmSync(join(root, String(index)), { recursive: true });
    symlinkSync("/usr", join(root, String(index)));
    if (index % 20 === 0) await new Promise((done) => setImmediate(done));
  }
  const { unseen, files } = await measuring;
  expect([unseen, files <= 401, descriptors()]).toEqual([undefined, true, before]);
});

it("says that a directory can't be read", () => {
  const root = tempDir();
  mkdirSync(join(root, "closed"));
  chmodSync(join(root, "closed"), 0);
  chmodSync(root, 0o755);
  const script = `import { measureTrees } from ${JSON.stringify(new URL("../../src/edge/disk-use.ts", import.meta.url).href)};
    console.log(JSON.stringify(await measureTrees([${JSON.stringify(root)}], { files: 9, time: 60_000, mountPoints: new Set(), signal: new AbortController().signal })));`;
  // Root can read everything.
  const told = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8", ...(process.getuid?.() === 0 ? { uid: 65_534 } : {}) });
  expect(JSON.parse(told)).toMatchObject({ files: 1, unseen: "something in it can't be read (EACCES)" });
});

it("measures one file without opening it", async () => {
  const root = hostile();
  expect([await measureFile(join(root, "a/b/file")), await measureFile(join(root, "fifo")), await measureFile(join(root, "link")), await measureFile(join(root, "gone"))]).toEqual([statSync(join(root, "a/b/file")).blocks * 512, undefined, undefined, undefined]);
});
