import { fail, outside, pass } from "../check.ts";

export const check = outside({
  id: "privilege.runtime-current",
  title: "The runtime has no known way out",
  severity: "info",
  maps: ["PRIV-15"],
  remedy: "Update runc to 1.2.8, 1.3.3 or 1.4, or check that your distribution's package has the corrections.",
  look({ runtime }) {
    return runtime === undefined ? pass("nothing is known against it") : fail(runtime);
  },
});
