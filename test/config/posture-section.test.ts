import { describe, expect, it } from "vitest";
import { resolveConfig } from "../../src/config/resolve.ts";
import { errorOf } from "../fixtures/errors.ts";

const resolve = (posture: unknown) => resolveConfig({ posture }, "/home/ada").posture;

describe("posture", () => {
  it.each([
    ["seccomp", "hardened"], ["seccomp", "engine"], ["seccomp", "/etc/own.json"],
    ["user", "auto"], ["user", "1000"], ["user", "1000:100"],
  ])("%s may be %s", (key, value) => {
    expect(resolve({ [key]: value })).toMatchObject({ [key]: value });
  });

  it.each([
    ["seccomp", "off"], ["seccomp", "unconfined"], ["seccomp", "own.json"], ["seccomp", "/"], ["seccomp", true],
    ["user", "0"], ["user", "root"], ["user", "1000:0"], ["user", "0:1000"], ["user", 1000],
    ["tmpfs", "1gb"], ["tmpfs", 1024], ["tmpfs", "99999999999999999t"],
  ])("%s may not be %j", (key, value) => {
    const { code, message, remedy } = errorOf(() => resolve({ [key]: value }));
    expect([code, remedy !== ""]).toEqual(["config-invalid", true]);
    expect(message).toContain(`plugins.entries.fortress.config.posture.${key}: ${JSON.stringify(value)} `);
  });

  it("reads a size", () => {
    expect(resolve({ tmpfs: "64m" }).tmpfs).toBe(64 * 2 ** 20);
  });

  it("allows networks by name only", () => {
    expect(resolve({ network: { allow: ["none", "sandbox-net", "hostile.net"] } }).network.allow).toEqual(["none", "sandbox-net", "hostile.net"]);
    for (const mode of ["host", "container:x", "container", "ns:/proc/1/ns/net", "pod:x", "pasta", "slirp4netns", "slirp4netns:mtu=1", "private", "default", "-x", "", "*"]) {
      expect(errorOf(() => resolve({ network: { allow: ["none", mode] } })).message).toContain(`posture.network.allow.1: ${JSON.stringify(mode)} `);
    }
  });
});
