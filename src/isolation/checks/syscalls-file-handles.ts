import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.file-handles",
  title: "Files can't be opened past the mounts",
  severity: "critical",
  maps: ["FS-02"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls open_by_handle_at`,
});
