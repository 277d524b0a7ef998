import { none, outside } from "../check.ts";
import { binds } from "../facts.ts";

export const check = outside({
  id: "filesystem.no-host-paths",
  title: "The mount table does not tell where things lie on the host",
  severity: "info",
  maps: ["FS-09"],
  remedy: "Nothing on this side: a process sees its own mount table.",
  look(seen) {
    const found = binds(seen)?.filter(({ root }) => root.split("/").length > 2);
    return none(found?.map(({ target }) => target), "mounts that tell a path of the host");
  },
});
