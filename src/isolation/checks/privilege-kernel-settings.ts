import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "privilege.kernel-settings",
  title: "Kernel settings can't be opened for writing",
  severity: "critical",
  maps: ["PRIV-12", "PSS Sysctls"],
  remedy: RECREATE,
  attempt: `[ -e /proc/sys/kernel/core_pattern ] || unknown "/proc/sys can't be seen"; for path in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger /proc/sys/fs/binfmt_misc/register /proc/sys/vm/panic_on_oom /sys/kernel/uevent_helper /sys/kernel/mm/transparent_hugepage/enabled; do [ -e "$path" ] && writes "$path" && fail "opened $path"; done; pass "refused"`,
});
