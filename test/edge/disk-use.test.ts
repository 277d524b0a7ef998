import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, linkSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createMeasureTrees, measureFile, type TreeUse } from "../../src/edge/disk-use.ts";
import { type ProcessResult, type RunProcess, runProcess } from "../../src/edge/process.ts";
import { tempDir } from "../fixtures/temp.ts";

const KIB = 1_024;
const never = new AbortController().signal;
const measure = (...roots: string[]): Promise<TreeUse> => createMeasureTrees(runProcess)(roots, never);

/** The sum of what the kernel says of each inode. */
function sum(root: string, seen = new Map<number, number>()): { bytes: number; files: number } {
  const stats = lstatSync(root);
  seen.set(stats.ino, stats.blocks * 512);
  if (stats.isDirectory()) for (const name of readdirSync(root, "buffer")) sum(Buffer.concat([Buffer.from(root), Buffer.from("/"), name]) as unknown as string, seen);
  return { bytes: [...seen.values()].reduce((total, bytes) => total + bytes, 0), files: seen.size };
}

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
  for (const name of ["-rf", "a\nb", "9\ttotal", " ", "*"]) writeFileSync(join(root, name), name);
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe, 0x41])]), "x".repeat(100 * KIB));
  return root;
}

it("counts what a hostile tree takes, and nothing twice", async () => {
  const root = hostile();
  mkdirSync(join(root, Array<string>(300).fill("d").join("/")), { recursive: true });
  const use = await measure(root);
  expect(use).toEqual(sum(root));
  expect([use.bytes! > 400 * KIB, use.bytes! < 4_000 * KIB, use.files! > 300]).toEqual([true, true, true]);
  expect(await measure(root, root, join(root, "a"))).toEqual(use);
});

it("counts a file, no root, one that is gone, and no link's target", async () => {
  const root = hostile();
  const file = join(root, "a/b/file");
  expect(await measure(file)).toEqual({ bytes: statSync(file).blocks * 512, files: 1 });
  expect(await measure()).toEqual({ bytes: 0, files: 0 });
  expect(await measure(join(root, "gone"))).toEqual({ bytes: 0, files: 0 });
  expect(await measure(join(root, "link"))).toMatchObject({ files: 1 });
});

it("leaves out what is mounted in the tree", async () => {
  const devices = (): string[] => spawnSync("find", ["/dev", "-printf", "%D\n"], { encoding: "utf8" }).stdout.trimEnd().split("\n");
  const own = (all: readonly string[]): number => all.filter((device) => device === all[0]).length;
  const all = devices();
  expect(all.length).toBeGreaterThan(own(all));
  // Devices come and go while one looks.
  await expect.poll(async () => (await measure("/dev")).files! - own(devices())).toBe(0);
});

it("says what can't be read, whatever its name", async () => {
  const root = tempDir();
  chmodSync(root, 0o755);
  const path = join(root, ": No such file or directory");
  mkdirSync(path);
  chmodSync(path, 0);
  // Root can read everything.
  const asNobody: RunProcess = (command, args, options) => runProcess(...(process.getuid?.() === 0 ? (["setpriv", ["--reuid=65534", command, ...args]] as const) : ([command, args] as const)), options);
  expect(await createMeasureTrees(asNobody)([root], never)).toMatchObject({ files: 2, unseen: expect.stringMatching(/cannot read directory .*Permission denied$/) as string });
});

describe("du", () => {
  const answer = (result: Partial<ProcessResult>): Promise<TreeUse> => createMeasureTrees(async () => ({ code: 0, stdout: "1\t/a\n5\ttotal", stderr: "", timedOut: false, missing: false, ...result }))(["/a"], never);

  it.each<[string, Partial<ProcessResult>, Partial<TreeUse>]>([
    ["that finds files gone is believed", { code: 1, stderr: "du: cannot access '/a/x': No such file or directory" }, { bytes: 5, files: 5 }],
    ["that is not there", { code: undefined, stdout: "", missing: true }, { bytes: undefined, unseen: "prlimit is not installed" }],
    ["that takes too long", { code: undefined, stdout: "", timedOut: true }, { bytes: undefined, unseen: "du takes longer than 150 s" }],
    ["that takes too much memory", { code: 1, stdout: "", stderr: "du: memory exhausted" }, { bytes: undefined, unseen: "du: memory exhausted" }],
    ["that says too much", { code: undefined, stdout: "", stderr: "" }, { bytes: undefined, unseen: "du did not come to its end" }],
  ])("%s", async (_, result, use) => {
    expect(await answer(result)).toMatchObject(use);
  });

  it("may take so much memory and no more", async () => {
    const seen: string[] = [];
    const limited: RunProcess = async (command, args, options) => {
      const at = args.indexOf("du");
      const result = await runProcess(command, [...args.slice(0, at), "sh", "-c", "ulimit -v; nice", "sh"], options);
      seen.push(result.stdout.replace("\n", " "));
      return result;
    };
    await createMeasureTrees(limited)(["/a"], never);
    expect(seen).toEqual(Array<string>(2).fill(`${512 * KIB} 19`));
  });
});

it("measures one file", async () => {
  const root = hostile();
  expect([await measureFile(join(root, "a/b/file")), await measureFile(join(root, "fifo")), await measureFile(join(root, "link")), await measureFile(join(root, "gone"))]).toEqual([statSync(join(root, "a/b/file")).blocks * 512, undefined, undefined, undefined]);
});
