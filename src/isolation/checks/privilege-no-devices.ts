import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "privilege.no-devices",
  title: "No disk and no memory of the host is in /dev",
  severity: "critical",
  maps: ["PRIV-08", "CIS-5.18"],
  remedy: RECREATE,
  attempt: `need find head ls; [ -e /dev/null ] || unknown "/dev can't be seen"; found=$(find /dev -type b 2>/dev/null | head -n 3; ls /dev/mem /dev/kmsg /dev/port /dev/kvm /dev/fuse /dev/net/tun 2>/dev/null); [ -z "$found" ] && pass "none" || fail $found`,
});
