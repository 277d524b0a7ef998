import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "filesystem.no-writes-outside",
  title: "Nothing can be written outside the declared mounts",
  severity: "critical",
  maps: ["FS-01"],
  remedy: RECREATE,
  attempt: `for dir in / /usr /usr/bin /usr/local/bin /etc /opt /var /lib /srv /root /mnt; do plants "$dir" && fail "wrote into $dir"; done; pass "refused"`,
});
