import { none, outside, RECREATE, unknown } from "../check.ts";

export const check = outside({
  id: "privilege.cgroupfs-read-only",
  title: "Control groups are read-only",
  severity: "critical",
  maps: ["PRIV-08", "PRIV-12"],
  remedy: RECREATE,
  look({ mounts }) {
    if (!mounts) return unknown("the mounts could not be read");
    return none(mounts.filter(({ fsType, mode }) => fsType.startsWith("cgroup") && mode === "rw").map(({ target }) => target), "writable cgroup file systems");
  },
});
