import { none, outside } from "../check.ts";
import { binds } from "../facts.ts";
import { posix } from "node:path";

export const check = outside({
  id: "filesystem.no-renamed-parents",
  title: "No read-only mount can be defeated by renaming the directory above it",
  severity: "critical",
  maps: ["FS-03"],
  remedy: "Mount the whole directory read-only, or put the read-only mount directly into the writable one.",
  look(seen) {
    const all = seen.mounts;
    const found = binds(seen)?.filter(({ target, mode }) => {
      if (mode !== "ro") return false;
      const above = all!.filter((each) => each.target !== target && target.startsWith(each.target === "/" ? "/" : `${each.target}/`)).reduce((best, each) => (best.target.length >= each.target.length ? best : each));
      // A mountpoint itself cannot be renamed; a directory between two mounts can.
      return above.mode === "rw" && posix.dirname(target) !== above.target;
    });
    return none(found?.map(({ target }) => target), "read-only mounts below a directory that can be renamed");
  },
});
