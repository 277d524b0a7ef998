import { describe, expect, it } from "vitest";
import type { AccessMode, Container, KernelMount } from "../../src/model/sandbox.ts";
import { observeMounts, type ObservedMounts } from "../../src/mounts/observe.ts";
import { container } from "../fixtures/container.ts";
import { createHome } from "../fixtures/home.ts";

type Binds = Container["binds"];

const kernelMount = (target: string, mode: AccessMode, fsType = "ext4"): KernelMount => ({ target, mode, fsType });

/** What every container has. */
const USUAL: readonly KernelMount[] = [
  kernelMount("/", "rw", "overlay"),
  kernelMount("/proc", "rw", "proc"),
  kernelMount("/proc/sys", "ro", "proc"),
  kernelMount("/dev", "rw", "tmpfs"),
  kernelMount("/dev/shm", "rw", "tmpfs"),
  kernelMount("/dev/pts", "rw", "devpts"),
  kernelMount("/dev/null", "rw", "devtmpfs"),
  kernelMount("/sys", "ro", "sysfs"),
  kernelMount("/sys/fs/cgroup", "ro", "cgroup2"),
  kernelMount("/tmp", "rw", "tmpfs"),
  kernelMount("/etc/hosts", "rw"),
  kernelMount("/etc/hostname", "rw"),
  kernelMount("/etc/resolv.conf", "rw"),
  kernelMount("/run/.containerenv", "rw"),
  kernelMount("/run/podman-init", "ro"),
];

function observe(binds: Binds, kernel: readonly KernelMount[]): ObservedMounts {
  const home = createHome();
  home.mkdir(".openclaw/credentials", ".openclaw/logs");
  home.link("alias", ".openclaw/credentials");
  const real = binds.map((bind) => ({ ...bind, source: bind.source.replace("~", home.dir) }));
  return observeMounts(container({ binds: real }), [...USUAL, ...kernel], home.facts().layout, home.places);
}

const LOGS = { source: "~/.openclaw/logs", target: "/logs", mode: "ro" } as const;
const WORKSPACE = { source: "~/.openclaw/workspace", target: "/workspace", mode: "rw" } as const;

it("finds nothing wrong with a sandbox that is as the table wants it", () => {
  expect(observe([LOGS, WORKSPACE], [kernelMount("/logs", "ro"), kernelMount("/workspace", "rw")])).toEqual({
    mounts: [
      { target: "/logs", mode: "ro" },
      { target: "/workspace", mode: "rw" },
    ],
    violations: [],
  });
});

describe("violations", () => {
  it.each<[string, Binds, KernelMount[], RegExp[]]>([
    ["writable against the engine's word", [LOGS], [kernelMount("/logs", "rw")], [/^\/logs is writable although/, /logs .* is never writable$/]],
    ["writable by the engine's word, too", [{ ...LOGS, mode: "rw" }], [kernelMount("/logs", "rw")], [/logs .* is never writable$/]],
    ["not declared", [], [kernelMount("/host", "ro")], [/^\/host is mounted \(ext4, ro\) although the engine does not say so$/]],
    ["mounted over a declared one", [WORKSPACE], [kernelMount("/workspace", "rw"), kernelMount("/workspace", "rw")], [/^\/workspace is mounted/]],
    ["below a declared one", [WORKSPACE], [kernelMount("/workspace", "rw"), kernelMount("/workspace/sub", "rw", "xfs")], [/^\/workspace\/sub is mounted/]],
    ["declared and not there", [LOGS], [], [/^\/logs is not mounted although the engine says so$/]],
    ["of what is never mounted", [{ source: "~/.openclaw/credentials", target: "/c", mode: "ro" }], [kernelMount("/c", "ro")], [/^\/c .*channel tokens/]],
    ["of a link to what is never mounted", [{ source: "~/alias", target: "/c", mode: "ro" }], [kernelMount("/c", "ro")], [/channel tokens/]],
    ["of the state directory", [{ source: "~/.openclaw", target: "/s", mode: "ro" }], [kernelMount("/s", "ro")], [/whole state directory/]],
    ["of the home directory", [{ source: "~", target: "/s", mode: "ro" }], [kernelMount("/s", "ro")], [/contains the state directory/]],
    ["of the secrets", [{ source: "~/.config/openclaw-secrets", target: "/s", mode: "ro" }], [kernelMount("/s", "ro")], [/reaches the secrets/]],
  ])("a mount that is %s", (_, binds, kernel, expected) => {
    const { violations } = observe(binds, kernel);
    expect(violations).toHaveLength(expected.length);
    expected.forEach((pattern, index) => expect(violations[index]).toMatch(pattern));
  });

  it("are judged by the kernel's mode, not by the engine's", () => {
    expect(observe([{ ...LOGS, mode: "rw" }], [kernelMount("/logs", "ro")])).toEqual({ mounts: [{ target: "/logs", mode: "ro" }], violations: [] });
  });
});
