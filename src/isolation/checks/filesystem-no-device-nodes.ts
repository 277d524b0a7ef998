import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "filesystem.no-device-nodes",
  title: "No device node can be made",
  severity: "critical",
  maps: ["FS-06"],
  remedy: RECREATE,
  attempt: `need mknod; for dir in $WRITABLE /tmp "$HOME"; do mknod "$dir/.fortress-$$" b 8 0 2>/dev/null && { rm -f "$dir/.fortress-$$"; fail "made one in $dir"; }; done; pass "refused"`,
});
