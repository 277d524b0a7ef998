import { inside } from "../check.ts";

export const check = inside({
  id: "guide.secrets-file",
  title: "The secrets file can't be read",
  severity: "critical",
  maps: ["SEC-15"],
  remedy: "Take the bind that reaches it out of sandbox.docker.binds.",
  attempt: `[ -e "$SECRETS" ] && fail "$SECRETS is there"; ( cat "$SECRETS" ) >/dev/null 2>&1 && fail "read $SECRETS"; pass "no such file"`,
});
