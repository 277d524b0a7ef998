import { inside } from "../check.ts";

export const check = inside({
  id: "privilege.kernel-quiet",
  title: "The kernel tells little of itself",
  severity: "info",
  maps: ["PRIV-14"],
  remedy: "Nothing on this side: the kernel command line is readable in every container.",
  attempt: `found=; for path in /proc/config.gz /proc/slabinfo /proc/kallsyms /proc/cmdline; do [ -r "$path" ] && found="$found $path"; done; [ -z "$found" ] && pass "nothing" || fail "readable:$found"`,
});
