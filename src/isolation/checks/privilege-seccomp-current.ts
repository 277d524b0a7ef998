import { fail, notApplicable, outside, pass, RECREATE } from "../check.ts";

export const check = outside({
  id: "privilege.seccomp-current",
  title: "The filter is the one that is configured now",
  severity: "warn",
  maps: ["CFG-11"],
  remedy: RECREATE,
  look({ filter: { current } }) {
    if (current === undefined) return notApplicable("only the gateway knows which filter it gave");
    return current ? pass("the same") : fail("another one");
  },
});
