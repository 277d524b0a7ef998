import { none, outside, RECREATE } from "../check.ts";

export const check = outside({
  id: "resource.tmpfs-sized",
  title: "Every file system in memory has a size",
  severity: "warn",
  maps: ["RES-05"],
  remedy: RECREATE,
  look({ posture: { tmpfs } }) {
    return none(tmpfs?.filter(({ size }) => size === undefined).map(({ target }) => target), "file systems in memory without a size");
  },
});
