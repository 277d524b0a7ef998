import { describe, expect, it } from "vitest";
import { isWithin } from "../../src/model/paths.ts";
import { parseBind } from "../../src/mounts/paths.ts";

describe("isWithin", () => {
  it.each([
    ["/a", "/a", true],
    ["/a", "/a/b", true],
    ["/a", "/ab", false],
    ["/a/b", "/a", false],
    ["/", "/a", true],
    ["/", "/", true],
  ])("%s holds %s: %s", (root, path, expected) => {
    expect(isWithin(root, path)).toBe(expected);
  });
});

describe("parseBind", () => {
  it.each([
    ["/a:/b", { source: "/a", target: "/b", mode: "rw" }],
    ["/a:/b:ro", { source: "/a", target: "/b", mode: "ro" }],
    ["/a:/b:rw,z", { source: "/a", target: "/b", mode: "rw" }],
    ["/a:/b:z,ro,noexec", { source: "/a", target: "/b", mode: "ro" }],
    ["/a:/b:rox", { source: "/a", target: "/b", mode: "rw" }],
    ["/a/:/b//c/", { source: "/a", target: "/b/c", mode: "rw" }],
    ["/a/../x/./y:/b", { source: "/x/y", target: "/b", mode: "rw" }],
    ["/:/b", { source: "/", target: "/b", mode: "rw" }],
  ])("reads %s", (bind, spec) => {
    expect(parseBind(bind)).toEqual({ ...spec, options: bind.split(":")[2]?.split(",") ?? [] });
  });

  it.each(["volume:/b", "./a:/b", "../a:/b", "~/a:/b", "/a", "", "/a:b", "/a:/b:ro:z", ":/b"])("leaves %j to the engine", (bind) => {
    expect(parseBind(bind)).toBeUndefined();
  });
});
