import { fail, outside, pass, RECREATE, unknown } from "../check.ts";

/** What the engines make read-only in every container that is not privileged. */
const PLACES = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

export const check = outside({
  id: "privilege.proc-sys-read-only",
  title: "Kernel settings below /proc are read-only",
  severity: "critical",
  maps: ["PRIV-12", "PSS /proc Mount Type"],
  remedy: RECREATE,
  look({ mounts, exists }) {
    if (!mounts) return unknown("the mounts could not be read");
    const there = PLACES.filter(exists);
    if (there.length === 0) return unknown("none of these places was seen on the host");
    const open = there.filter((place) => mounts.filter(({ target }) => target === place).at(-1)?.mode !== "ro");
    return open.length === 0 ? pass(`read-only: ${there.join(", ")}`) : fail(`not mounted read-only: ${open.join(", ")}`);
  },
});
