import { none, notApplicable, outside, RECREATE } from "../check.ts";
import { binds } from "../facts.ts";

export const check = outside({
  id: "filesystem.writable-as-planned",
  title: "Nothing is writable but what the plan says",
  severity: "critical",
  maps: ["FS-02"],
  remedy: RECREATE,
  look(seen) {
    const { writable } = seen;
    const targets = binds(seen)?.filter(({ mode }) => mode === "rw").map(({ target }) => target);
    if (!writable) return notApplicable("only the gateway knows the plan: ask /fortress verify");
    return none(targets?.filter((target) => !writable.includes(target)), "further writable mounts");
  },
});
