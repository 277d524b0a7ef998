import { outside } from "../check.ts";
import { limited } from "../limited.ts";

export const check = outside({
  id: "resource.pids",
  title: "The kernel limits processes and threads to what is wanted",
  severity: "critical",
  maps: ["RES-04", "CIS-5.29"],
  remedy: "Check that the engine can limit: rootless engines need cgroup v2 with delegated controllers. The next exec sets the limits again.",
  look({ limits }) {
    return limited("pids", limits);
  },
});
