import type { Outside } from "../../src/isolation/facts.ts";
import { LIMITS } from "../fixtures/container.ts";
import type { KernelFiles } from "../fixtures/kernel.ts";

/**
 * Checks that no container on the machine of the tests can be made to fail, with what a machine or a
 * sandbox would have to say. The others fail on real containers; see weakened.ts.
 */
export const FAKED_OUTSIDE: Readonly<Record<string, { readonly facts?: Partial<Outside>; readonly files?: KernelFiles }>> = {
  // Only the gateway that made a sandbox has a plan to compare it with.
  "filesystem.writable-as-planned": { facts: { writable: [] } },
  "privilege.seccomp-current": { facts: { filter: { hardened: true, current: false } } },
  "config.as-planned": { facts: { configHash: { planned: "a".repeat(40), actual: "b".repeat(40) } } },
  // Needs a store of Podman's former kind.
  "secrets.not-on-disk": { facts: { execDatabase: "/storage/libpod/bolt_state.db" } },
  // No engine starts a container in the host's mount namespace, or without a control group of its own.
  "namespace.mnt": { facts: { link: () => "mnt:[1]" } },
  "resource.own-cgroup": { files: { "/proc/4711/cgroup": "0::/user.slice\n" } },
  // Needs a capability that a machine in a container lacks.
  "resource.oom-victim": { files: { "/proc/4711/oom_score_adj": "-500\n" } },
  // After a refused update an engine may show what it was asked for.
  "resource.engine-agrees": { facts: { limits: { wanted: LIMITS, observed: { ...LIMITS, memory: Infinity }, holds: () => false, tolerated: false } } },
};

/** System calls that the kernel of the tests has none of, let through. */
export const FAKED_CALLS: Readonly<Record<string, string>> = {
  "syscalls.modules": "init_module=0",
  "syscalls.ports": "iopl=22",
  "syscalls.other-gate": "32-bit-unshare=0",
  "sockets.alg": "socket-alg=0",
  "sockets.bluetooth": "socket-bluetooth=0",
};
