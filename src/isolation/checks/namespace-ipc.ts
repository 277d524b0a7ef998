import { fail, outside, pass, RECREATE, unknown } from "../check.ts";
import { namespace } from "../facts.ts";

export const check = outside({
  id: "namespace.ipc",
  title: "It has a IPC namespace of its own",
  severity: "critical",
  maps: ["RES-06", "CIS-5.17", "PSS Host Namespaces"],
  remedy: RECREATE,
  look(seen) {
    const found = namespace(seen, "ipc");
    if (!found) return unknown("the namespaces could not be read");
    return found.shared ? fail(`the host's ${found.id}`) : pass(found.id);
  },
});
