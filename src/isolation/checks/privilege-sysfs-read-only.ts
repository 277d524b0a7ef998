import { none, outside, RECREATE, unknown } from "../check.ts";

export const check = outside({
  id: "privilege.sysfs-read-only",
  title: "/sys is read-only",
  severity: "critical",
  maps: ["PRIV-12"],
  remedy: RECREATE,
  look({ mounts }) {
    if (!mounts) return unknown("the mounts could not be read");
    return none(mounts.filter(({ fsType, mode }) => fsType === "sysfs" && mode === "rw").map(({ target }) => target), "writable sysfs");
  },
});
