import { fail, outside, pass, RECREATE, unknown } from "../check.ts";

export const check = outside({
  id: "privilege.no-new-privileges",
  title: "No program gains privileges",
  severity: "critical",
  maps: ["PRIV-02", "CIS-5.26", "PSS Privilege Escalation"],
  remedy: RECREATE,
  look({ posture: { noNewPrivs } }) {
    if (noNewPrivs === undefined) return unknown("NoNewPrivs could not be read");
    return noNewPrivs ? pass("NoNewPrivs 1") : fail("NoNewPrivs 0");
  },
});
