import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "secrets.no-core-dumps",
  title: "No command can leave a core dump",
  severity: "warn",
  maps: ["SEC-13"],
  remedy: RECREATE,
  attempt: `[ "$(ulimit -Hc)" = 0 ] && pass "hard limit 0" || fail "hard limit $(ulimit -Hc)"`,
});
