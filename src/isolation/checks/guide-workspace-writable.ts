import { inside } from "../check.ts";

export const check = inside({
  id: "guide.workspace-writable",
  title: "The workspace can be written to",
  severity: "warn",
  maps: ["FS-02"],
  remedy: "Give the workspace to the sandbox's user: /fortress status says which.",
  attempt: `[ -n "$OWN" ] || na "no workspace is mounted to be written to"
for dir in $OWN; do plants "$dir" || fail "could not write into $dir"; done; pass $OWN`,
});
