import { fail, outside, pass, unknown } from "../check.ts";
import { namespace } from "../facts.ts";

export const check = outside({
  id: "namespace.cgroup",
  title: "It sees no control groups but its own",
  severity: "info",
  maps: ["PRIV-08"],
  remedy: "Podman on cgroup v1 shares this namespace; the cgroup file systems are read-only.",
  look(seen) {
    const found = namespace(seen, "cgroup");
    if (!found) return unknown("the namespaces could not be read");
    return found.shared ? fail(`the host's ${found.id}`) : pass(found.id);
  },
});
