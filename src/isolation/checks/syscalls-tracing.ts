import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.tracing",
  title: "Commands can't trace each other",
  severity: "critical",
  maps: ["PRIV-16"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls ptrace process_vm_readv process_vm_writev process_madvise pidfd_getfd kcmp`,
});
