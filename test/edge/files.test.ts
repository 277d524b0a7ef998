import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { layout } from "../../src/edge/files.ts";
import { makeSocket, tempDir } from "../fixtures/temp.ts";

it("knows what lies at a path and where it really is", () => {
  const root = tempDir();
  const path = (name: string): string => join(root, name);
  mkdirSync(path("dir/sub"), { recursive: true });
  writeFileSync(path("file"), "");
  symlinkSync("dir", path("link"));
  symlinkSync("nowhere", path("dangling"));
  symlinkSync("loop", path("loop"));
  const look = (name: string): string[] => {
    const { kind, real } = layout.inspect(path(name));
    return [kind, real.replace(root, "~")];
  };
  expect(Object.fromEntries(["dir", "dir/sub", "file", "link", "link/sub", "link/new/deep", "dangling", "loop", "file/x", "dir/../link/sub"].map((name) => [name, look(name)]))).toEqual({
    dir: ["directory", "~/dir"],
    "dir/sub": ["directory", "~/dir/sub"],
    file: ["other", "~/file"],
    link: ["symlink", "~/dir"],
    "link/sub": ["directory", "~/dir/sub"],
    "link/new/deep": ["missing", "~/dir/new/deep"],
    dangling: ["symlink", "~/dangling"],
    loop: ["symlink", "~/loop"],
    "file/x": ["missing", "~/file/x"],
    "dir/../link/sub": ["directory", "~/dir/sub"],
  });
});

it("tells sockets and pipes from files", () => {
  const root = tempDir();
  makeSocket(root, "socket");
  execFileSync("mkfifo", [join(root, "pipe")]);
  expect(["socket", "pipe"].map((name) => layout.inspect(join(root, name)).kind)).toEqual(["socket", "device"]);
  expect(layout.inspect("/dev/null").kind).toBe("device");
});

it("lists a directory in a stable order, and nothing where there is none", () => {
  const root = tempDir();
  for (const name of ["b", "a", "c"]) writeFileSync(join(root, name), "");
  expect(layout.list(root)).toEqual(["a", "b", "c"]);
  expect(layout.list(join(root, "a"))).toEqual([]);
  expect(layout.list(join(root, "missing"))).toEqual([]);
});
