import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.mount",
  title: "Nothing can be mounted",
  severity: "critical",
  maps: ["PRIV-05"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls mount umount2 fsopen fsconfig fsmount fspick move_mount open_tree mount_setattr pivot_root chroot`,
});
