import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "secrets.no-config-copies",
  title: "No copy of openclaw.json is there",
  severity: "critical",
  maps: ["SEC-02"],
  remedy: RECREATE,
  attempt: `elsewhere '/openclaw\\.json\\.(bak|last-good|old|orig)'`,
});
