import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "secrets.no-state",
  title: "The gateway's state, TLS keys and backups are absent",
  severity: "critical",
  maps: ["SEC-01", "BAK-16"],
  remedy: RECREATE,
  attempt: `hidden state gateway backups .env secrets.json gateway.token browser push telegram tmp/plugin-captures`,
});
