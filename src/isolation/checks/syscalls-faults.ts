import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.faults",
  title: "Page faults and file events can't be handled by a command",
  severity: "warn",
  maps: ["PRIV-05"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls userfaultfd fanotify_init`,
});
