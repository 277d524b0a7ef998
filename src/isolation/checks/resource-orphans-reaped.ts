import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "resource.orphans-reaped",
  title: "The first process reaps orphans",
  severity: "warn",
  maps: ["RES-11"],
  remedy: RECREATE,
  // Whoever starts late on a loaded machine, or ends just then, is a zombie for a moment: it is one only if it stays.
  attempt: `need sleep grep; [ -r /proc/self/status ] || unknown "/proc can't be read"; ( sh -c 'sleep 0.1 & exit 0' ); ( sh -c 'sh -c "exit 0" & exec sleep 0.3' & ); sleep 0.3
for look in 1 2 3 4 5 6 7 8 9 10; do sleep 0.5; zombies=$(grep -ls '^State:.Z' /proc/[0-9]*/status); [ -z "$zombies" ] && pass "none left"; done; fail left: $zombies`,
});
