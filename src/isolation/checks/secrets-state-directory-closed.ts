import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "secrets.state-directory-closed",
  title: "The state directory shows nothing but what is mounted",
  severity: "critical",
  maps: ["SEC-03", "CFG-03"],
  remedy: RECREATE,
  attempt: `plants "$STATE" && fail "wrote into it"; [ -e "$STATE/fortress" ] && fail "it is the host's"; pass "closed"`,
});
