import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.kernel-log",
  title: "The kernel's log is closed",
  severity: "warn",
  maps: ["PRIV-14"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls syslog`,
});
