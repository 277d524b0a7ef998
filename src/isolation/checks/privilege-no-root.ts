import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "privilege.no-root",
  title: "It has no capability and is not root where ids are not mapped",
  severity: "critical",
  maps: ["PRIV-01", "PRIV-04"],
  remedy: RECREATE,
  attempt: `need awk id; caps=$(awk '/^CapEff/ {print $2}' /proc/self/status); map=$(awk '{print $1, $2, $3}' /proc/self/uid_map); [ -n "$caps" ] && [ -n "$map" ] || unknown "/proc/self can't be read"
[ "$caps" = 0000000000000000 ] || fail "CapEff $caps"; [ "$map" = "0 0 4294967295" ] && [ "$(id -u)" = 0 ] && fail "root of the first namespace"; pass "uid $(id -u)"`,
});
