import { none, outside, RECREATE } from "../check.ts";

export const check = outside({
  id: "filesystem.mounts-declared",
  title: "The kernel has exactly the mounts that the engine was told to make",
  severity: "critical",
  maps: ["FS-02", "PLG-10"],
  remedy: RECREATE,
  look({ judged }) {
    return none(judged?.violations.filter((each) => !judged.exposed.includes(each)), "differing mounts");
  },
});
