import { describe, expect, it } from "vitest";
import { BASE_PROFILE } from "../../src/posture/base-profile.ts";
import { planFilter } from "../../src/posture/filter.ts";
import { parseProfile } from "../../src/posture/profile.ts";
import { DENIED, hardenProfile } from "../../src/posture/seccomp.ts";
import { type FactOverrides, postureFacts } from "../fixtures/posture.ts";

const STRICT = { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["write"], action: "SCMP_ACT_ALLOW" }] };
const LOOSE = { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["read", "mount", "keyctl"], action: "SCMP_ACT_ALLOW" }, { names: ["bpf"], action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_BPF"] } }] };

function decide(overrides: FactOverrides = {}, files: Record<string, unknown> = {}) {
  const texts = Object.fromEntries(Object.entries(files).map(([path, value]) => [path, typeof value === "string" ? value : JSON.stringify(value)]));
  return planFilter(postureFacts({ readText: (path) => texts[path], ...overrides }));
}

const hardened = (base: unknown): string => `${JSON.stringify(hardenProfile(parseProfile(JSON.stringify(base))!))}\n`;

describe("the filter of system calls", () => {
  it("is derived from Podman's own default, the machine's before the distribution's", () => {
    const files = { "/usr/share/containers/seccomp.json": LOOSE };
    expect(decide({}, files).filter).toEqual({ kind: "derived", text: hardened(LOOSE) });
    expect(decide({}, { ...files, "/etc/containers/seccomp.json": STRICT }).filter).toEqual({ kind: "derived", text: hardened(STRICT) });
  });

  it("is derived from the profile that fortress brings where the engine's is in no file", () => {
    const own = { kind: "derived", text: hardened(BASE_PROFILE) };
    expect(decide().filter).toEqual(own);
    expect(decide({ request: { engine: "docker" } }, { "/usr/share/containers/seccomp.json": STRICT }).filter).toEqual(own);
  });

  it.each([
    ["allows everything", { defaultAction: "SCMP_ACT_ALLOW", syscalls: [] }],
    ["only logs", { defaultAction: "SCMP_ACT_LOG", syscalls: [] }],
    ["leaves it to others", { defaultAction: "SCMP_ACT_NOTIFY", syscalls: [] }],
    ["is not JSON", "{"],
    ["is null", "null"],
    ["has no rules", { defaultAction: "SCMP_ACT_ERRNO" }],
    ["has broken rules", { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ action: "SCMP_ACT_ALLOW" }] }],
  ])("is refused where the file %s, whoever names it", (_, profile) => {
    for (const overrides of [{ config: { seccomp: "/own.json" } }, { request: { seccompProfile: "/own.json" } }]) {
      const { refusals } = decide(overrides, { "/own.json": profile });
      expect(refusals).toHaveLength(1);
      expect(refusals[0]!.because).toContain("/own.json");
      expect(refusals[0]!.remedy).not.toBe("");
    }
    expect(decide({}, { "/usr/share/containers/seccomp.json": profile }).refusals).toHaveLength(1);
  });

  it("is refused where the file is not there", () => {
    expect(decide({ config: { seccomp: "/absent.json" } }).refusals[0]!.because).toContain("/absent.json cannot be read");
  });

  it("may be the operator's own, by either key; ours counts more", () => {
    const files = { "/a.json": STRICT, "/b.json": STRICT };
    expect(decide({ request: { seccompProfile: " /a.json " } }, files)).toEqual({ filter: { kind: "file", path: "/a.json", text: JSON.stringify(STRICT) }, findings: [], refusals: [] });
    expect(decide({ config: { seccomp: "/b.json" }, request: { seccompProfile: "/a.json" } }, files).filter).toMatchObject({ path: "/b.json" });
  });

  it("of the operator's own is a finding where it lets through what ours denies", () => {
    const { findings } = decide({ config: { seccomp: "/own.json" } }, { "/own.json": LOOSE });
    expect(findings).toMatchObject([{ id: "posture.seccomp-loose", severity: "warn", detail: expect.stringMatching(/denies: mount, keyctl\.$/) as string }]);
  });

  it("may be the engine's own, with a finding", () => {
    expect(decide({ config: { seccomp: "engine" } })).toMatchObject({ filter: { kind: "engine" }, findings: [{ id: "posture.seccomp-engine", severity: "warn" }], refusals: [] });
  });
});

describe("the hardened profile", () => {
  const base = {
    ...BASE_PROFILE,
    syscalls: [
      { names: ["read", "mount", "clone", "clone3", "socket", "socketcall", "unshare", ...DENIED], action: "SCMP_ACT_ALLOW" },
      { names: ["chroot"], action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_SYS_CHROOT"] } },
      { names: ["arch_prctl"], action: "SCMP_ACT_ALLOW", includes: { arches: ["amd64"] } },
      { names: ["write"], action: "SCMP_ACT_ERRNO", errnoRet: 1 },
      { names: ["adjtimex"], action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_SYS_TIME"] } },
    ],
  };
  const { syscalls, ...rest } = hardenProfile(base);
  const rulesFor = (name: string) => syscalls.filter(({ names }) => names.includes(name));

  it("keeps the base's own default, architectures and remaining rules", () => {
    const { syscalls: _, ...kept } = BASE_PROFILE;
    expect(rest).toEqual(kept);
    expect(syscalls.slice(0, 3)).toEqual([{ names: ["read"], action: "SCMP_ACT_ALLOW" }, base.syscalls[2], base.syscalls[3]]);
  });

  it.each([...DENIED])("denies %s", (name) => {
    expect(rulesFor(name)).toEqual([expect.objectContaining({ action: "SCMP_ACT_ERRNO", errnoRet: 1 })]);
  });

  it.each(["clone3", "socketcall"])("makes %s absent, so that libc takes the one that can be judged", (name) => {
    expect(rulesFor(name)).toEqual([expect.objectContaining({ action: "SCMP_ACT_ERRNO", errnoRet: 38 })]);
  });

  it("keeps nothing that needs a capability", () => {
    expect(rulesFor("adjtimex")).toEqual([]);
  });

  // From linux/sched.h: NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; NEWTIME is 0x80.
  const namespaces = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000].reduce((all, bit) => all + bit);
  const none = (index: number, bits: number) => [{ index, value: bits, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }];
  const is = (value: number) => [{ index: 0, value, valueTwo: 0, op: "SCMP_CMP_EQ" }];

  it.each<[string, readonly unknown[]]>([
    ["clone", [none(0, namespaces), none(1, namespaces)]],
    ["unshare", [none(0, namespaces + 0x80)]],
    ["socket", [is(1), is(2), is(10), is(16)]],
    ["socketpair", [is(1)]],
  ])("allows %s by its arguments only: %j", (name, args) => {
    const rules = rulesFor(name);
    expect(rules.map((rule) => rule.args)).toEqual(args);
    expect(new Set(rules.map(({ action }) => action))).toEqual(new Set(["SCMP_ACT_ALLOW"]));
  });

  it("allows nothing that the base does not allow", () => {
    const allowed = (rules: typeof syscalls) => new Set(rules.filter(({ action }) => action === "SCMP_ACT_ALLOW").flatMap(({ names }) => names));
    const before = allowed(BASE_PROFILE.syscalls);
    for (const name of ["clone", "unshare", "socket", "socketpair"]) before.add(name);
    expect([...allowed(hardenProfile(BASE_PROFILE).syscalls)].filter((name) => !before.has(name))).toEqual([]);
  });
});
