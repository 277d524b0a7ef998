import { fail, outside, pass, RECREATE, unknown } from "../check.ts";

export const check = outside({
  id: "resource.own-cgroup",
  title: "It is accounted in a control group of its own",
  severity: "critical",
  maps: ["RES-01", "CIS-5.25"],
  remedy: RECREATE,
  look({ read, container: { pid, id }, limits: { tolerated } }) {
    const theirs = read(`/proc/${pid}/cgroup`);
    if (!theirs) return unknown("its control groups could not be read");
    const own = theirs.split("\n").filter((line) => line.includes(id));
    if (own.length > 0) return pass(`${own.length} control groups carry its id`);
    return { ...fail("no control group carries its id"), ...(tolerated ? { severity: "warn" } : {}) };
  },
});
