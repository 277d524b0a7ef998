import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "filesystem.dev-closed",
  title: "/dev can't be written to",
  severity: "warn",
  maps: ["FS-08"],
  remedy: RECREATE,
  attempt: `plants /dev && fail "wrote into /dev"; pass "refused"`,
});
