import { fail, outside, pass, unknown } from "../check.ts";

export const check = outside({
  id: "privilege.runtime-current",
  title: "The runtime has no known way out",
  severity: "info",
  maps: ["PRIV-15"],
  remedy: "Update runc to 1.2.8, 1.3.3 or 1.4, or check that your distribution's package has the corrections.",
  look({ runtime }) {
    if (runtime.against !== undefined) return fail(runtime.against);
    return runtime.version === undefined ? unknown("nobody says which version it is") : pass(`nothing is known against ${runtime.version}`);
  },
});
