import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.clock",
  title: "The clock can't be set",
  severity: "warn",
  maps: ["PRIV-08"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls clock_settime settimeofday`,
});
