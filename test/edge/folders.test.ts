import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createFolders } from "../../src/edge/folders.ts";
import { tempDir } from "../fixtures/temp.ts";

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

function setUp() {
  const state = tempDir();
  const root = join(state, "fortress");
  return { root, folders: createFolders(root), path: (name: string): string => join(root, name) };
}

describe("make", () => {
  it("makes folders that a container's user may enter, in one that nobody else may", () => {
    const umask = process.umask(0o077);
    onTestFinished(() => void process.umask(umask));
    const { root, folders, path } = setUp();
    folders.make(path("mounts/agents/main/logs"));
    folders.make(path("mounts/agents/main/logs"));
    expect(mode(root)).toBe("700");
    for (const name of ["mounts", "mounts/agents", "mounts/agents/main", "mounts/agents/main/logs"]) expect(mode(path(name))).toBe("755");
  });
});

describe("replace", () => {
  it("puts a whole file in place of another, with nothing beside it", () => {
    const { folders, path, root } = setUp();
    folders.replace(path("a/file"), "one");
    const { ino } = statSync(path("a/file"));
    folders.replace(path("a/file"), "two");
    expect(readFileSync(path("a/file"), "utf8")).toBe("two");
    expect(statSync(path("a/file")).ino).not.toBe(ino);
    expect(mode(path("a/file"))).toBe("644");
    expect([readdirSync(path("a")), readdirSync(root)]).toEqual([["file"], ["a"]]);
  });

  it("leaves the old file when the new one cannot be put there", () => {
    const { folders, path } = setUp();
    folders.make(path("a/file"));
    writeFileSync(path("a/file/inner"), "old");
    expect(() => folders.replace(path("a/file"), "new")).toThrow();
    expect(readFileSync(path("a/file/inner"), "utf8")).toBe("old");
  });

  it("writes through no link that stands in its way", () => {
    const { folders, path, root } = setUp();
    mkdirSync(root);
    writeFileSync(path("victim"), "untouched");
    symlinkSync(path("victim"), path(`.draft-${process.pid}`));
    expect(() => folders.replace(path("a/file"), "new")).toThrow();
    expect(readFileSync(path("victim"), "utf8")).toBe("untouched");
  });
});

describe("read and version", () => {
  it("go together, and change with the file", () => {
    const { folders, path, root } = setUp();
    mkdirSync(root);
    expect(folders.version(path("file"))).toBeUndefined();
    writeFileSync(path("file"), "one");
    // Two changes may fall into one tick of the file times.
    utimesSync(path("file"), 1, 1);
    const first = folders.read(path("file"));
    expect(first).toEqual({ text: "one", version: folders.version(path("file")) });
    chmodSync(path("file"), 0o600);
    writeFileSync(path("file"), "two");
    expect(folders.version(path("file"))).not.toBe(first.version);
  });

  it("follow a link: people keep their configuration elsewhere", () => {
    const { folders, path, root } = setUp();
    mkdirSync(root);
    writeFileSync(path("real"), "text");
    symlinkSync(path("real"), path("link"));
    expect(folders.read(path("link"))).toEqual({ text: "text", version: folders.version(path("real")) });
  });

  it("read neither a pipe nor a folder nor what is far too large", () => {
    const { folders, path, root } = setUp();
    mkdirSync(root);
    execFileSync("mkfifo", [path("pipe")]);
    execFileSync("truncate", ["--size", "9M", path("large")]);
    for (const name of ["pipe", "large", "."]) expect(() => folders.read(path(name))).toThrow();
    expect(existsSync(path("pipe"))).toBe(true);
  });
});
