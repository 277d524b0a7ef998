import { inside } from "../check.ts";

export const check = inside({
  id: "privilege.no-user-namespace",
  title: "No nested user namespace can be made",
  severity: "critical",
  maps: ["PRIV-05"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `if [ -z "$SYSCALLS" ]; then command -v unshare >/dev/null || unknown "neither python3 nor unshare to try it with"; unshare -U true 2>/dev/null && fail "made one"; pass "refused"; fi
calls unshare clone clone3`,
});
