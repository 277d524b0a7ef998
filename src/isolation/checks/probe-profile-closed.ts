import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "probe.profile-closed",
  title: "What a login shell reads can't be written",
  severity: "critical",
  maps: ["HCD-11"],
  remedy: RECREATE,
  attempt: `for file in /etc/profile /etc/profile.d/.fortress-$$ /etc/environment /etc/bash.bashrc; do writes "$file" && fail "opened $file"; done; pass "refused"`,
});
