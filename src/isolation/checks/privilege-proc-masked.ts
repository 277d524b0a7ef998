import { fail, outside, pass, RECREATE, unknown } from "../check.ts";

const PLACES = ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/acpi", "/proc/scsi", "/sys/firmware"];

export const check = outside({
  id: "privilege.proc-masked",
  title: "What tells or gives power over the kernel is masked",
  severity: "critical",
  maps: ["PRIV-12", "PRIV-14", "PSS /proc Mount Type"],
  remedy: RECREATE,
  look({ mounts, exists }) {
    if (!mounts) return unknown("the mounts could not be read");
    const there = PLACES.filter(exists);
    if (there.length === 0) return unknown("none of these places was seen on the host");
    const open = there.filter((place) => !mounts.some(({ target }) => target === place));
    return open.length === 0 ? pass(`masked: ${there.join(", ")}`) : fail(`not masked: ${open.join(", ")}`);
  },
});
