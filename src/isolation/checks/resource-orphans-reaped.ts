import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "resource.orphans-reaped",
  title: "The first process reaps orphans",
  severity: "warn",
  maps: ["RES-11"],
  remedy: RECREATE,
  attempt: `need sleep grep; ( sh -c 'sleep 0.1 & exit 0' ); ( sh -c 'sh -c "exit 0" & exec sleep 0.3' & ); sleep 0.8; zombies=
for status in /proc/[0-9]*/status; do grep -qs '^State:.Z' "$status" && zombies="$zombies $status"; done; [ -z "$zombies" ] && pass "none left" || fail "left:$zombies"`,
});
