import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.keyring",
  title: "The kernel's keyring is closed",
  severity: "critical",
  maps: ["SEC-14"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls keyctl add_key request_key`,
});
