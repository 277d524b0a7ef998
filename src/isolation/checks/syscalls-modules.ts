import { inside } from "../check.ts";

export const check = inside({
  id: "syscalls.modules",
  title: "No module and no other kernel can be loaded",
  severity: "critical",
  maps: ["PRIV-08"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `calls init_module finit_module delete_module kexec_load kexec_file_load`,
});
