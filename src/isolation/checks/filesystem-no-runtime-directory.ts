import { inside } from "../check.ts";

export const check = inside({
  id: "filesystem.no-runtime-directory",
  title: "No runtime directory of the host is there",
  severity: "critical",
  maps: ["FS-14"],
  remedy: "Take the bind out of sandbox.docker.binds.",
  attempt: `for path in /run/user /run/systemd /run/dbus /var/run/dbus; do [ -e "$path" ] && fail "$path"; done; pass "none"`,
});
