import { describe, expect, it } from "vitest";
import { deviations, differences, unseenFields } from "../../src/posture/deviations.ts";
import { observePosture } from "../../src/posture/observe.ts";
import { kernel, type KernelFiles } from "../fixtures/kernel.ts";
import { CLOSED_PROCESS } from "../fixtures/posture.ts";

const observe = (files: KernelFiles = {}) => observePosture(kernel({ ...CLOSED_PROCESS, ...files }), 4711);

/** The fixture with one text of one file replaced. */
function changed(file: string, from: string | RegExp, to: string) {
  const path = `/proc/4711/${file}`;
  const text = CLOSED_PROCESS[path]!.replace(from, to);
  expect(text).not.toBe(CLOSED_PROCESS[path]);
  return observe({ [path]: text });
}

describe("a sandbox made by another configuration", () => {
  it.each([
    ["/tmp:size=67108864", []],
    ["/tmp:rw,size=64m,noexec", []],
    ["/tmp:size=65536k", []],
    ["/tmp:size=67108865", []],
    ["/tmp:size=1g", ["/tmp has 64 MiB instead of 1 GiB"]],
    ["/tmp:size=10%", []],
    ["/tmp", []],
    ["/other:size=1g", []],
  ])("planned with %s differs by %j", (entry, expected) => {
    expect(differences(observe(), [entry])).toEqual(expected);
  });
});

describe("the posture of a process", () => {
  it("is read from the kernel", () => {
    expect(observe()).toEqual({
      ...{ uid: 65_532, seccomp: 2, noNewPrivs: true, capabilities: false, core: 0, openFiles: 16_384, interfaces: [] },
      tmpfs: [{ target: "/tmp", size: 64 * 2 ** 20, exec: false }],
    });
    expect(deviations(observe())).toEqual([]);
    expect(unseenFields(observe())).toEqual([]);
  });

  it("is unknown, field by field, where it can't be read", () => {
    const unknown = observePosture(() => undefined, 4711);
    expect(unseenFields(unknown)).toEqual(["uid", "seccomp", "noNewPrivs", "capabilities", "core", "openFiles", "interfaces", "tmpfs"]);
    expect(unseenFields(changed("status", /CapBnd.*\n/, ""))).toEqual(["capabilities"]);
    expect(unseenFields(changed("status", /Seccomp:.*\n/, ""))).toEqual(["seccomp"]);
  });

  it.each([
    ["status", "65532", "0", "posture.root", "critical"],
    ["status", "Seccomp:\t2", "Seccomp:\t0", "posture.no-seccomp", "critical"],
    ["status", "NoNewPrivs:\t1", "NoNewPrivs:\t0", "posture.new-privileges", "critical"],
    ["status", "CapBnd:\t0000000000000000", "CapBnd:\t0000000000000400", "posture.capabilities", "critical"],
    ["status", "CapEff:\t0000000000000000", "CapEff:\t0000000000000400", "posture.capabilities", "critical"],
    ["limits", "0                    0  ", "0                    unlimited  ", "posture.core-dumps", "warn"],
    ["limits", "0                    0  ", "0                    1024  ", "posture.core-dumps", "warn"],
    ["mountinfo", ",size=65536k\n146", "\n146", "posture.tmpfs-unsized", "warn"],
    ["mountinfo", "mode=755", "mode=1777", "posture.tmpfs-unsized", "warn"],
    ["net/dev", "\n    lo:", "\n  eth0: 1 1\n    lo:", "posture.network-open", "warn"],
  ])("with another %s (%s -> %s) is %s", (file, from, to, id, severity) => {
    expect(deviations(changed(file, from, to))).toMatchObject([{ id, severity }]);
  });

  it("has the names of its network interfaces", () => {
    expect(changed("net/dev", "\n    lo:", "\n  eth0: 1 1\n    lo:").interfaces).toEqual(["eth0"]);
  });

  it.each([["an empty answer", /[^]*/], ["its headings alone", /\n.*lo:[^]*/]])("knows no network interfaces by %s: every network has a loopback", (_, cut) => {
    expect(changed("net/dev", cut, "").interfaces).toBeUndefined();
  });
});
