import { inside } from "../check.ts";

export const check = inside({
  id: "network.no-metadata",
  title: "No way leads to the cloud's metadata service",
  severity: "critical",
  maps: ["SEC-16"],
  remedy: "Set sandbox.docker.network to \"none\".",
  attempt: `need awk; [ -r /proc/net/route ] || unknown "/proc/net/route can't be read"; by=$(awk '$2 == "00000000" || $2 == "0000FEA9" {print $1; exit}' /proc/net/route); [ -z "$by" ] && pass "no route"; networked "a route by $by"`,
});
