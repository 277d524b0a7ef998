import { inside } from "../check.ts";

export const check = inside({
  id: "sockets.packet",
  title: "Raw packets can't be sent",
  severity: "critical",
  maps: ["PRIV-07"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls socket-packet`,
});
