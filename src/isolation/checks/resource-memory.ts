import { outside } from "../check.ts";
import { limited } from "../limited.ts";

export const check = outside({
  id: "resource.memory",
  title: "The kernel limits memory to what is wanted",
  severity: "critical",
  maps: ["RES-01", "CIS-5.11", "RES-16"],
  remedy: "Check that the engine can limit: rootless engines need cgroup v2 with delegated controllers. The next exec sets the limits again.",
  look({ limits }) {
    return limited("memory", limits);
  },
});
