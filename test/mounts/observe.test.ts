import { describe, expect, it } from "vitest";
import type { Container, KernelMount } from "../../src/model/sandbox.ts";
import { observeMounts, type ObservedMounts } from "../../src/mounts/observe.ts";
import { container } from "../fixtures/container.ts";
import { createHome, type Home } from "../fixtures/home.ts";
import { kernelMount } from "../fixtures/kernel.ts";

type Binds = Container["binds"];

const special = (target: string, fsType: string): KernelMount => kernelMount(target, "rw", "/", { fsType, device: "0:99" });

/** What every container has. */
const USUAL: readonly KernelMount[] = [
  special("/", "overlay"),
  special("/proc", "proc"),
  special("/proc/sys", "proc"),
  special("/dev", "tmpfs"),
  special("/dev/shm", "tmpfs"),
  special("/dev/pts", "devpts"),
  special("/dev/null", "devtmpfs"),
  special("/sys", "sysfs"),
  special("/sys/fs/cgroup", "cgroup2"),
  special("/tmp", "tmpfs"),
  kernelMount("/etc/hosts", "rw"),
  kernelMount("/etc/hostname", "rw"),
  kernelMount("/etc/resolv.conf", "rw"),
  kernelMount("/run/.containerenv", "rw"),
  kernelMount("/run/podman-init", "ro"),
];

/** `~` is the home directory. */
function observe(binds: Binds, kernel: readonly KernelMount[], prepare: (home: Home) => readonly KernelMount[] | void = () => {}): ObservedMounts {
  const home = createHome();
  home.mkdir(".openclaw/credentials", ".openclaw/logs", ".openclaw/skills");
  home.link("alias", ".openclaw/credentials");
  const host = prepare(home) ?? [];
  const here = (path: string): string => path.replace("~", home.dir);
  return observeMounts(
    container({ binds: binds.map((bind) => ({ ...bind, source: here(bind.source) })) }),
    [...USUAL, ...kernel.map((mount) => ({ ...mount, root: here(mount.root) }))],
    { layout: home.facts().layout, places: home.places, host: [kernelMount("/", "rw"), ...host] },
  );
}

const LOGS = { source: "~/.openclaw/logs", target: "/logs", mode: "ro" } as const;
const WORKSPACE = { source: "~/.openclaw/workspace", target: "/workspace", mode: "rw" } as const;
const AT_LOGS = kernelMount("/logs", "ro", LOGS.source);
const AT_WORKSPACE = kernelMount("/workspace", "rw", WORKSPACE.source);

it("finds nothing wrong with a sandbox that is as the table wants it", () => {
  expect(observe([LOGS, WORKSPACE], [AT_LOGS, AT_WORKSPACE])).toEqual({
    mounts: [
      { target: "/logs", mode: "ro" },
      { target: "/workspace", mode: "rw" },
    ],
    hidden: [
      { entry: "credentials", holds: "channel tokens and OAuth data" },
      { entry: "skills", holds: "managed skills" },
    ],
    violations: [],
    exposed: [],
    unguarded: [],
  });
});

describe("violations", () => {
  it.each<[string, Binds, KernelMount[], RegExp[]]>([
    ["writable against the engine's word", [LOGS], [{ ...AT_LOGS, mode: "rw" }], [/^\/logs is writable although/, /logs .* is never writable$/]],
    ["writable by the engine's word, too", [{ ...LOGS, mode: "rw" }], [{ ...AT_LOGS, mode: "rw" }], [/logs .* is never writable$/]],
    ["not declared", [], [kernelMount("/host", "ro")], [/^\/host is mounted \(ext4, ro\) although the engine does not say so$/]],
    ["mounted over a declared one", [WORKSPACE], [AT_WORKSPACE, AT_WORKSPACE], [/^\/workspace is mounted/]],
    ["below a declared one", [WORKSPACE], [AT_WORKSPACE, kernelMount("/workspace/sub", "rw")], [/^\/workspace\/sub is mounted/]],
    ["declared and not there", [LOGS], [], [/^\/logs is not mounted although the engine says so$/]],
    ["of what was removed", [LOGS], [{ ...AT_LOGS, root: `${LOGS.source}//deleted` }], [/^\/logs shows what was removed from the host$/]],
    ["of the state directory", [{ source: "~/.openclaw", target: "/s", mode: "ro" }], [kernelMount("/s", "ro", "~/.openclaw")], [/whole state directory/]],
    ["of the home directory", [{ source: "~", target: "/s", mode: "ro" }], [kernelMount("/s", "ro", "~")], [/contains the state directory/]],
    ["of the secrets", [{ source: "~/.config/openclaw-secrets", target: "/s", mode: "ro" }], [kernelMount("/s", "ro", "~/.config/openclaw-secrets")], [/reaches the secrets/]],
  ])("a mount that is %s", (_, binds, kernel, expected) => {
    const { violations } = observe(binds, kernel);
    expect(violations).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(violations[index]).toMatch(pattern));
  });

  it("are judged by what is really mounted, not by what the engine was told", () => {
    // The source was a directory when the engine was told, and a link when it mounted it.
    const { exposed } = observe([{ source: "~/.openclaw/workspace/skills", target: "/workspace/skills", mode: "ro" }], [kernelMount("/workspace/skills", "ro", "~/.openclaw/credentials")]);
    expect(exposed).toEqual([expect.stringMatching(/^\/workspace\/skills \(.*\.openclaw\/credentials, ro\): it reaches credentials/)]);
    expect(observe([{ ...LOGS, mode: "rw" }], [AT_LOGS])).toMatchObject({ mounts: [{ target: "/logs", mode: "ro" }], violations: [] });
  });

  it("know every name that the host has for what is mounted", () => {
    const { exposed } = observe([{ source: "/srv/data", target: "/d", mode: "ro" }], [kernelMount("/d", "ro", "/data", { device: "8:2" })], (home) => [
      kernelMount("/srv/data", "rw", "/data", { device: "8:2" }),
      kernelMount(`${home.stateDir}/credentials`, "rw", "/data", { device: "8:2" }),
    ]);
    expect(exposed).toEqual([expect.stringContaining("channel tokens")]);
  });

  it("fall back on the engine's word where the host has no name for it", () => {
    expect(observe([{ source: "~/alias", target: "/c", mode: "ro" }], [kernelMount("/c", "ro", "/", { device: "9:9" })]).exposed).toEqual([expect.stringContaining("channel tokens")]);
  });
});

describe("a forbidden part of an entry", () => {
  const SKILLS = { source: "~/.openclaw/skills", target: "/skills", mode: "ro" } as const;
  const EMPTY = { source: "~/.openclaw/fortress/mounts/cover/empty", target: "/skills/config", mode: "ro" } as const;
  const atSkills = kernelMount("/skills", "ro", SKILLS.source);
  const atConfig = kernelMount("/skills/config", "ro", EMPTY.source);

  it.each<[string, string[], Binds, KernelMount[], RegExp[]]>([
    ["is no violation where it is not there", [], [SKILLS], [atSkills], []],
    ["is one where it is seen", [".openclaw/skills/config"], [SKILLS], [atSkills], [/skills\/config/]],
    ["is none where it is covered", [".openclaw/skills/config"], [SKILLS, EMPTY], [atSkills, atConfig], []],
    ["is one where the entry is writable", [".openclaw/skills/config"], [{ ...SKILLS, mode: "rw" }, EMPTY], [{ ...atSkills, mode: "rw" }, atConfig], [/skills\/config/]],
  ])("%s", (_, there, binds, kernel, expected) => {
    const { exposed } = observe(binds, kernel, (home) => home.mkdir(".openclaw/fortress/mounts/cover/empty", ...there));
    expect(exposed).toEqual(expected.map((pattern) => expect.stringMatching(pattern) as string));
  });
});

it.each([
  [["nosuid", "nodev"], []],
  [["nosuid"], ["/workspace"]],
  [["nodev"], ["/workspace"]],
  [[], ["/workspace"]],
])("with %j a writable mount is unguarded: %j", (options, unguarded) => {
  expect(observe([WORKSPACE, LOGS], [{ ...AT_WORKSPACE, options: ["rw", ...options] }, { ...AT_LOGS, options: ["ro"] }]).unguarded).toEqual(unguarded);
});
