import { fail, outside, pass, RECREATE, unknown } from "../check.ts";

export const check = outside({
  id: "filesystem.read-only-root",
  title: "The root file system is read-only",
  severity: "critical",
  maps: ["FS-01", "CIS-5.13"],
  remedy: RECREATE,
  look({ mounts }) {
    const root = mounts?.filter(({ target }) => target === "/").at(-1);
    if (!root) return unknown("no mount at / was seen");
    return root.mode === "ro" ? pass("/ is mounted ro") : fail("/ is mounted rw");
  },
});
