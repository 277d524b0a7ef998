import { fail, outside, pass, RECREATE, unknown } from "../check.ts";

export const check = outside({
  id: "resource.no-core-dumps",
  title: "A crash leaves no core dump",
  severity: "warn",
  maps: ["SEC-13"],
  remedy: RECREATE,
  look({ posture: { core } }) {
    if (core === undefined) return unknown("the limit of core dumps could not be read");
    return core === 0 ? pass("hard limit 0") : fail(`hard limit ${core}`);
  },
});
