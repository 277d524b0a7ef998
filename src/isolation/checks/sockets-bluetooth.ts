import { inside } from "../check.ts";

export const check = inside({
  id: "sockets.bluetooth",
  title: "Bluetooth sockets are closed",
  severity: "warn",
  maps: ["PRIV-07"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls socket-bluetooth`,
});
