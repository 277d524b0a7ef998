import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "privilege.exec-as-closed",
  title: "A command has the filter and no new privileges, too",
  severity: "critical",
  maps: ["PRIV-02", "CFG-10", "CIS-5.23"],
  remedy: RECREATE,
  attempt: `need grep; grep -q '^Seccomp:.2$' /proc/self/status || fail "$(grep '^Seccomp:' /proc/self/status)"; grep -q '^NoNewPrivs:.1$' /proc/self/status || fail "NoNewPrivs unset"; pass "both"`,
});
