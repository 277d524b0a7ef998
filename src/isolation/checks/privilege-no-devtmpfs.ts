import { none, outside, RECREATE, unknown } from "../check.ts";

export const check = outside({
  id: "privilege.no-devtmpfs",
  title: "The host's /dev is not mounted",
  severity: "critical",
  maps: ["PRIV-08", "CIS-5.18"],
  remedy: RECREATE,
  look({ mounts }) {
    if (!mounts) return unknown("the mounts could not be read");
    return none(mounts.filter(({ fsType }) => fsType === "devtmpfs").map(({ target }) => target), "device file systems of the host");
  },
});
