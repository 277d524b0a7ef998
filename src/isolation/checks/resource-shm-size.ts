import { fail, outside, pass, unknown } from "../check.ts";
import { formatSize } from "../../model/units.ts";

export const check = outside({
  id: "resource.shm-size",
  title: "Shared memory is at most 64 MiB",
  severity: "warn",
  maps: ["RES-06"],
  remedy: "Remove shm-size from the container.",
  look({ posture: { tmpfs } }) {
    if (!tmpfs) return unknown("the mounts could not be read");
    const shm = tmpfs.find(({ target }) => target === "/dev/shm");
    if (!shm) return pass("nobody can write there");
    return shm.size !== undefined && shm.size <= 64 * 2 ** 20 ? pass(formatSize(shm.size)) : fail(shm.size === undefined ? "unlimited" : formatSize(shm.size));
  },
});
