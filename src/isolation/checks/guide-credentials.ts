import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "guide.credentials",
  title: "Credentials can't be listed",
  severity: "critical",
  maps: ["SEC-03"],
  remedy: RECREATE,
  attempt: `need ls; ls "$STATE/credentials/" >/dev/null 2>&1 && fail "listed $STATE/credentials"; pass "refused"`,
});
