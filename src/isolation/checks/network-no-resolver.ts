import { inside } from "../check.ts";

export const check = inside({
  id: "network.no-resolver",
  title: "No resolver can be asked",
  severity: "warn",
  maps: ["NET-05"],
  remedy: "Set sandbox.docker.network to \"none\".",
  attempt: `need awk; [ ! -e /etc/resolv.conf ] || [ -r /etc/resolv.conf ] || unknown "/etc/resolv.conf can't be read"; servers=$(awk '$1 == "nameserver" {print $2}' /etc/resolv.conf 2>/dev/null); [ -n "$servers" ] || pass "none is configured"; [ "$(awk -F: 'NR > 2 {gsub(/ /, "", $1); print $1}' /proc/net/dev)" = lo ] && pass "none can be reached"; networked $servers`,
});
