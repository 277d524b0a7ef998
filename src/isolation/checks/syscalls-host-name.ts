import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.host-name",
  title: "The host's name can't be set",
  severity: "warn",
  maps: ["PRIV-09"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls sethostname setdomainname`,
});
