import { none, outside, RECREATE, unknown } from "../check.ts";

/** What a rootless runtime, which can't make them, binds one by one; it also covers files of procfs with the first. */
const HARMLESS = new Set(["/null", "/zero", "/full", "/random", "/urandom", "/tty"]);

export const check = outside({
  id: "privilege.no-devtmpfs",
  title: "The host's /dev is not mounted",
  severity: "critical",
  maps: ["PRIV-08", "CIS-5.18"],
  remedy: RECREATE,
  look({ mounts }) {
    if (!mounts) return unknown("the mounts could not be read");
    return none(mounts.filter(({ fsType, root }) => fsType === "devtmpfs" && !HARMLESS.has(root)).map(({ target }) => target), "device file systems of the host");
  },
});
