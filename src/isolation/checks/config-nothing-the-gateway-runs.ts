import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "config.nothing-the-gateway-runs",
  title: "Nothing that the gateway runs can be written",
  severity: "critical",
  maps: ["CFG-03", "CFG-02"],
  remedy: RECREATE,
  attempt: `for name in hooks cron extensions skills plugin-skills npm; do plants "$STATE/$name" && fail "wrote into $name"; done; pass "refused"`,
});
