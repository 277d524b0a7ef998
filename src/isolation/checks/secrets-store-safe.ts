import { fail, outside, pass } from "../check.ts";

export const check = outside({
  id: "secrets.store-safe",
  title: "The secrets store is the gateway user's alone",
  severity: "critical",
  maps: ["SEC-15"],
  remedy: "Run: openclaw fortress secrets check",
  look({ store }) {
    return store === undefined ? pass("permissions and owner are right") : fail(store);
  },
});
