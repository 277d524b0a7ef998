import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "resource.databases-unlocked",
  title: "No database of the gateway can be locked",
  severity: "critical",
  maps: ["RES-13"],
  remedy: RECREATE,
  attempt: `need find grep; found=$(find "$STATE" -name '*.sqlite' 2>/dev/null | head -n 100 | while read -r file; do case "$file" in "$STATE"/workspace*) ;; *) writes "$file" && echo "$file";; esac; done | head -n 3); [ -z "$found" ] && pass "none" || fail $found`,
});
