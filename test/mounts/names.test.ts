import { describe, expect, it } from "vitest";
import { allNames, hostNames } from "../../src/mounts/names.ts";
import { kernelMount } from "../fixtures/kernel.ts";

const HOST = [
  kernelMount("/", "rw"),
  kernelMount("/proc", "rw", "/", { device: "0:5", fsType: "proc" }),
  kernelMount("/srv/alias", "rw", "/home/ada/.openclaw"),
  kernelMount("/home", "rw", "/@home", { device: "0:40" }),
  kernelMount("/mnt/disk", "rw", "/@home/ada/data", { device: "0:40" }),
];

it.each([
  ["8:1", "/etc", ["/etc"]],
  ["8:1", "/home/ada/.openclaw/x", ["/home/ada/.openclaw/x", "/srv/alias/x"]],
  ["8:1", "/home/ada/.openclaw", ["/home/ada/.openclaw", "/srv/alias"]],
  ["0:40", "/@home/ada/data/deep", ["/home/ada/data/deep", "/mnt/disk/deep"]],
  ["0:40", "/@home", ["/home"]],
  ["0:40", "/@other", []],
  ["0:77", "/", []],
])("%s %s is known as %j", (device, root, names) => {
  expect(hostNames({ device, root }, HOST)).toEqual(names);
});

describe("every name of a directory", () => {
  it.each([
    ["/etc", ["/etc"]],
    ["/srv/alias/x", ["/srv/alias/x", "/home/ada/.openclaw/x"]],
    // It brings what is mounted below it along.
    ["/srv", ["/srv", "/home/ada/.openclaw", "/srv/alias"]],
    ["/mnt", ["/mnt", "/home/ada/data", "/mnt/disk"]],
    ["/home/ada/data", ["/home/ada/data", "/mnt/disk"]],
    ["/srv/aliased", ["/srv/aliased"]],
  ])("%s: %j", (path, names) => {
    expect(allNames(path, HOST).sort()).toEqual([...names].sort());
  });

  it("is of the mount on top where one is mounted over another", () => {
    const host = [...HOST, kernelMount("/srv/alias", "rw", "/public", { device: "8:2" })];
    expect(allNames("/srv/alias/x", host)).toEqual(["/srv/alias/x"]);
  });

  it("is its own where the mounts are not known", () => {
    expect(allNames("/srv", [])).toEqual(["/srv"]);
  });
});
