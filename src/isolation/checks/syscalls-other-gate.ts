import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.other-gate",
  title: "The 32-bit gate of the kernel is closed, too",
  severity: "critical",
  maps: ["PRIV-05", "PRIV-07"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls 32-bit-socket-vsock 32-bit-unshare 32-bit-mount`,
});
