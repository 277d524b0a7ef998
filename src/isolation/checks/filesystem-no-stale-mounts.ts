import { none, outside, RECREATE } from "../check.ts";

export const check = outside({
  id: "filesystem.no-stale-mounts",
  title: "No mount shows what was removed from the host",
  severity: "warn",
  maps: ["FS-10", "CFG-11"],
  remedy: RECREATE,
  look({ mounts }) {
    return none(mounts?.filter(({ root }) => root.endsWith("//deleted")).map(({ target }) => target), "stale mounts");
  },
});
