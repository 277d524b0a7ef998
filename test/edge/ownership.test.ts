import { chmodSync, chownSync, linkSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { handOver, ownerOf } from "../../src/edge/ownership.ts";
import { tempDir } from "../fixtures/temp.ts";

const AGENT = { uid: 65_532, gid: 65_532 };
const uid = (path: string): number => lstatSync(path).uid;

function put(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  return path;
}

describe("the owner of a path", () => {
  it("is known, of a link the link's own, and of nothing nobody's", () => {
    const folder = tempDir();
    expect(ownerOf(folder)).toEqual({ uid: process.getuid!(), gid: process.getgid!(), mode: 0o700 });
    expect(ownerOf(join(folder, "absent"))).toBeUndefined();
  });
});

// Only root can give files away.
describe.runIf(process.getuid?.() === 0)("a workspace that is handed over", () => {
  it("is the agent's, to its last file, when it was root's", () => {
    const root = tempDir();
    const deep = put(join(root, "a/b/c/d/e/file"));
    handOver(root, AGENT);
    expect([root, join(root, "a/b/c/d/e"), deep].map(ownerOf)).toMatchObject([AGENT, AGENT, AGENT]);
  });

  it("leaves what belongs to somebody else", () => {
    const root = tempDir();
    const theirs = put(join(root, "theirs"));
    chownSync(theirs, 1234, 1234);
    handOver(root, AGENT);
    expect(uid(theirs)).toBe(1234);
  });

  it("takes links, but nothing that they lead to", () => {
    const [root, outside] = [tempDir(), tempDir()];
    const secret = put(join(outside, "secret"));
    symlinkSync(outside, join(root, "folder"));
    symlinkSync(secret, join(root, "file"));
    handOver(root, AGENT);
    expect([outside, secret].map(uid)).toEqual([0, 0]);
    expect(uid(join(root, "file"))).toBe(AGENT.uid);
  });

  it("is refused when a link leads to it", () => {
    const [root, outside] = [tempDir(), tempDir()];
    const link = join(root, "workspace");
    symlinkSync(outside, link);
    expect(() => handOver(link, AGENT)).toThrow();
    expect(uid(outside)).toBe(0);
  });

  it("leaves a file that has a second name, which may stand elsewhere", () => {
    const [root, outside] = [tempDir(), tempDir()];
    const elsewhere = put(join(outside, "file"));
    linkSync(elsewhere, join(root, "file"));
    handOver(root, AGENT);
    expect(uid(elsewhere)).toBe(0);
  });

  it("leaves no setuid program", () => {
    const root = tempDir();
    const program = put(join(root, "program"));
    chmodSync(program, 0o4755);
    handOver(root, AGENT);
    expect(lstatSync(program).mode & 0o7777).toBe(0o755);
  });

  it("gets what the gateway adds near its top later, and is not walked as a whole again", () => {
    const root = tempDir();
    handOver(root, AGENT);
    const [near, far] = [put(join(root, "memory/today.md")), put(join(root, "a/b/c/d/file"))];
    handOver(root, AGENT);
    expect([near, far].map(uid)).toEqual([AGENT.uid, 0]);
  });
});
