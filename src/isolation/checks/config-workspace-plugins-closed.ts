import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "config.workspace-plugins-closed",
  title: "The workspace holds no plugins that the gateway would load",
  severity: "critical",
  maps: ["CFG-02"],
  remedy: RECREATE,
  attempt: `for root in $OWN; do mkdir -p "$root/.openclaw" 2>/dev/null; plants "$root/.openclaw" && { rmdir "$root/.openclaw" 2>/dev/null; fail "wrote into $root/.openclaw"; }; done; pass "refused"`,
});
