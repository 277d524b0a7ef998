import { inside } from "../check.ts";

export const check = inside({
  id: "secrets.memory-private",
  title: "A command can't read another command's memory",
  severity: "info",
  maps: ["PRIV-16", "SEC-07"],
  remedy: "Nothing on this side: the processes of a container share a user. The host's kernel.yama.ptrace_scope=1 closes it.",
  // No child of this shell: where Yama keeps processes apart, parents may look into their children all the same.
  attempt: `need sleep head dd wc; other=$( ( sleep 5 >/dev/null 2>&1 & echo $! ) )
# It may just begin, and then its memory is another one than a moment before.
for look in 1 2 3; do
  sleep 0.3; place=$(head -n 1 /proc/$other/maps 2>/dev/null)
  [ -n "$place" ] && [ "$(dd if=/proc/$other/mem bs=4096 skip=$(( 0x\${place%%-*} / 4096 )) count=1 2>/dev/null | head -c 1 | wc -c)" -gt 0 ] && { kill $other 2>/dev/null; fail "read another command's"; }
done
kill $other 2>/dev/null && pass "refused"; unknown "no other command ran"`,
});
