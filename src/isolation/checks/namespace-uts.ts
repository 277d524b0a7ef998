import { fail, outside, pass, RECREATE, unknown } from "../check.ts";
import { namespace } from "../facts.ts";

export const check = outside({
  id: "namespace.uts",
  title: "It has a host name namespace of its own",
  severity: "critical",
  maps: ["PRIV-09", "CIS-5.21"],
  remedy: RECREATE,
  look(seen) {
    const found = namespace(seen, "uts");
    if (!found) return unknown("the namespaces could not be read");
    return found.shared ? fail(`the host's ${found.id}`) : pass(found.id);
  },
});
