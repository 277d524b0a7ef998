import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.quota",
  title: "Quotas can't be changed",
  severity: "warn",
  maps: ["RES-07"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls quotactl quotactl_fd`,
});
