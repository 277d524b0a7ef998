import { fail, outside, pass, RECREATE, unknown } from "../check.ts";
import { namespace } from "../facts.ts";

export const check = outside({
  id: "namespace.net",
  title: "It has a network namespace of its own",
  severity: "critical",
  maps: ["NET-01", "CIS-5.10", "PSS Host Namespaces"],
  remedy: RECREATE,
  look(seen) {
    const found = namespace(seen, "net");
    if (!found) return unknown("the namespaces could not be read");
    return found.shared ? fail(`the host's ${found.id}`) : pass(found.id);
  },
});
