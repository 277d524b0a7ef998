import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.bpf",
  title: "No program can be loaded into the kernel",
  severity: "critical",
  maps: ["PRIV-05"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls bpf perf_event_open`,
});
