import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.ports",
  title: "I/O ports are closed",
  severity: "critical",
  maps: ["PRIV-08"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls ioperm iopl`,
});
