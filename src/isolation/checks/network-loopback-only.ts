import { inside } from "../check.ts";

export const check = inside({
  id: "network.loopback-only",
  title: "A command sees no interface but loopback",
  severity: "critical",
  maps: ["NET-01"],
  remedy: "Set sandbox.docker.network to \"none\".",
  attempt: `need awk; names=$(awk -F: 'NR > 2 {gsub(/ /, "", $1); print $1}' /proc/net/dev); [ -n "$names" ] || unknown "/proc/net/dev can't be read"; [ "$names" = lo ] && pass "lo"; networked $names`,
});
