import { inside } from "../check.ts";

export const check = inside({
  id: "sockets.vsock",
  title: "The machine's host can't be reached by a VSOCK socket",
  severity: "critical",
  maps: ["PRIV-07"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls socket-vsock`,
});
