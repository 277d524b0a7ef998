import { none, outside, RECREATE } from "../check.ts";

const STAGING = ["/tmp", "/var/tmp", "/run", "/dev/shm", "/dev"];

export const check = outside({
  id: "filesystem.tmpfs-noexec",
  title: "No program starts from the usual staging places in memory",
  severity: "warn",
  maps: ["FS-07"],
  remedy: RECREATE,
  look({ posture }) {
    const found = posture.tmpfs?.filter(({ target, exec }) => exec && STAGING.includes(target)).map(({ target }) => target);
    return none(found, "staging places that hold programs");
  },
});
