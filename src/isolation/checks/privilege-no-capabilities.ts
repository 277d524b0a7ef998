import { none, outside, RECREATE, unknown } from "../check.ts";
import { statusField } from "../facts.ts";

export const check = outside({
  id: "privilege.no-capabilities",
  title: "It has no capability in any set, the bounding set included",
  severity: "critical",
  maps: ["PRIV-01", "CIS-5.4", "PSS Capabilities"],
  remedy: RECREATE,
  look(seen) {
    const sets = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"].map((name) => [name, statusField(seen, name)] as const);
    if (sets.some(([, value]) => value === undefined)) return unknown("the capability sets could not be read");
    return none(sets.filter(([, value]) => !/^0+$/.test(value!)).map(([name, value]) => `${name} ${value}`), "capabilities");
  },
});
