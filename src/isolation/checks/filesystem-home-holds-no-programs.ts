import { inside } from "../check.ts";

export const check = inside({
  id: "filesystem.home-holds-no-programs",
  title: "HOME holds no programs",
  severity: "info",
  maps: ["FS-07"],
  remedy: "Nothing on this side: tools install theirs there, and compilers run what they build.",
  attempt: `runs "$HOME" && fail "ran one in $HOME"; pass "refused"`,
});
