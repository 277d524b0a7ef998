import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "guide.config-read-only",
  title: "openclaw.json can't be written",
  severity: "critical",
  maps: ["CFG-01"],
  remedy: RECREATE,
  attempt: `writes "$STATE/openclaw.json" && fail "opened it for writing"; pass "refused"`,
});
