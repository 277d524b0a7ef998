import { fail, notApplicable, outside, pass, RECREATE, unknown } from "../check.ts";

export const check = outside({
  id: "config.as-planned",
  title: "The container is made from the configuration that its last turn was planned with",
  severity: "critical",
  maps: ["CFG-11"],
  remedy: RECREATE,
  look({ configHash: { planned, actual } }) {
    if (planned === undefined) return notApplicable("only the gateway knows what was planned");
    if (actual === undefined) return unknown("the container says nothing of its configuration");
    return planned === actual ? pass(`hash ${actual.slice(0, 12)}`) : fail(`hash ${actual.slice(0, 12)}, planned ${planned.slice(0, 12)}`);
  },
});
