import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "secrets.no-gateway-databases",
  title: "No database of the gateway is there",
  severity: "critical",
  maps: ["SEC-01", "RES-13"],
  remedy: RECREATE,
  attempt: `elsewhere '/openclaw[^/]*\\.sqlite$'`,
});
