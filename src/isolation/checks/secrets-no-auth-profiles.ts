import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "secrets.no-auth-profiles",
  title: "Auth profiles of agents are absent",
  severity: "critical",
  maps: ["SEC-03"],
  remedy: RECREATE,
  attempt: `[ ! -d "$STATE/agents" ] || [ -r "$STATE/agents" ] || unknown "$STATE/agents can't be listed"; for dir in "$STATE"/agents/*/agent; do [ -e "$dir" ] && fail "$dir"; done; pass "absent"`,
});
