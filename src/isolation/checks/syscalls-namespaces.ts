import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.namespaces",
  title: "No other namespace can be entered",
  severity: "critical",
  maps: ["PRIV-05"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls setns`,
});
