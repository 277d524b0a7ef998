import { inside } from "../check.ts";

export const check = inside({
  id: "privilege.no-user-namespace",
  title: "No nested user namespace can be made",
  severity: "critical",
  maps: ["PRIV-05"],
  remedy: "Set posture.seccomp to \"hardened\", and recreate the sandbox.",
  attempt: `if [ -z "$SYSCALLS" ]; then command -v unshare >/dev/null || unknown "neither python3 nor unshare to try it with"; said=$(LC_ALL=C unshare -U true 2>&1) && fail "made one"; case $said in *"not permitted"*|*"No space left"*|*"Function not implemented"*) pass "refused";; esac; unknown "unshare gave no answer"; fi
calls unshare clone clone3`,
});
