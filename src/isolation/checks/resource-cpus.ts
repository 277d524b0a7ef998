import { outside } from "../check.ts";
import { limited } from "../limited.ts";

export const check = outside({
  id: "resource.cpus",
  title: "The kernel limits CPU time to what is wanted",
  severity: "critical",
  maps: ["RES-03", "CIS-5.12"],
  remedy: "Check that the engine can limit: rootless engines need cgroup v2 with delegated controllers. The next exec sets the limits again.",
  look({ limits }) {
    return limited("cpus", limits);
  },
});
