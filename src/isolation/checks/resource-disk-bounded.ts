import { inside } from "../check.ts";

export const check = inside({
  id: "resource.disk-bounded",
  title: "The workspace has less room than the host's disk",
  severity: "info",
  maps: ["RES-07"],
  remedy: "Put the workspace on a file system of its own, or under a quota.",
  attempt: `need df awk; set -- $OWN; [ -n "$1" ] || na "no workspace is mounted to be written to"; free=$(df -Pk "$1" | awk 'NR == 2 {print $4}'); [ -n "$free" ] || unknown "df did not say"; [ "$free" -le 1048576 ] && pass "$free KiB" || fail "$free KiB"`,
});
