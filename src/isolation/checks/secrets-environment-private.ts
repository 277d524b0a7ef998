import { inside } from "../check.ts";

export const check = inside({
  id: "secrets.environment-private",
  title: "Commands of one sandbox can't read each other's environment",
  severity: "info",
  maps: ["SEC-07"],
  remedy: "Grant few keys; give agents that do not trust each other sandboxes of their own.",
  attempt: `need env grep sleep; env FORTRESS_PROBE=1 sleep 5 & other=$!; sleep 0.3; [ -d /proc/$other ] || unknown "no other command ran"
# Until it has begun, its environment is another one.
for look in 1 2 3 4 5 6 7 8 9 10; do grep -qa FORTRESS_PROBE= /proc/$other/environ 2>/dev/null; seen=$?; [ $seen = 1 ] || break; sleep 0.3; done; kill $other 2>/dev/null
case $seen in 0) fail "read another command's";; 1) unknown "the other command's environment was not there";; *) pass "refused";; esac`,
});
