import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "filesystem.no-staging",
  title: "No program starts from /tmp, /var/tmp, /run or /dev/shm",
  severity: "warn",
  maps: ["FS-07"],
  remedy: RECREATE,
  attempt: `for dir in /tmp /var/tmp /run /dev/shm; do runs "$dir" && fail "ran one in $dir"; done; pass "nowhere"`,
});
