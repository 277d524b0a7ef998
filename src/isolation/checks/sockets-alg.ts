import { inside } from "../check.ts";

export const check = inside({
  id: "sockets.alg",
  title: "The kernel's crypto sockets are closed",
  severity: "critical",
  maps: ["PRIV-07"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls socket-alg`,
});
