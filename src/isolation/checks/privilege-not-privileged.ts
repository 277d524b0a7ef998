import { fail, outside, pass, RECREATE, unknown } from "../check.ts";
import { statusField } from "../facts.ts";

export const check = outside({
  id: "privilege.not-privileged",
  title: "It is not a privileged container",
  severity: "critical",
  maps: ["PRIV-08", "CIS-5.5", "PSS Privileged Containers"],
  remedy: RECREATE,
  look(seen) {
    const bounding = statusField(seen, "CapBnd");
    if (bounding === undefined) return unknown("the bounding set could not be read");
    // CAP_SYS_ADMIN, number 21 of linux/capability.h: only a privileged container is born with it.
    return (BigInt(`0x${bounding}`) >> 21n) & 1n ? fail(`CapBnd ${bounding}`) : pass("no CAP_SYS_ADMIN in its bounding set");
  },
});
