import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.machine",
  title: "The machine can't be stopped, and its swap and accounting can't be changed",
  severity: "critical",
  maps: ["PRIV-08"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls reboot swapon swapoff acct`,
});
