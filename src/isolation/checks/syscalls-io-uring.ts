import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.io-uring",
  title: "Asynchronous calls by io_uring are closed",
  severity: "warn",
  maps: ["PRIV-05"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls io_uring_setup io_uring_enter io_uring_register`,
});
