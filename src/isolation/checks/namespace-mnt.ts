import { fail, outside, pass, RECREATE, unknown } from "../check.ts";
import { namespace } from "../facts.ts";

export const check = outside({
  id: "namespace.mnt",
  title: "It has a mount namespace of its own",
  severity: "critical",
  maps: ["FS-01", "CIS-5.6"],
  remedy: RECREATE,
  look(seen) {
    const found = namespace(seen, "mnt");
    if (!found) return unknown("the namespaces could not be read");
    return found.shared ? fail(`the host's ${found.id}`) : pass(found.id);
  },
});
