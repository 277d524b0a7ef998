import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "secrets.no-identity",
  title: "Identity, devices and matrix keys are absent",
  severity: "critical",
  maps: ["SEC-03"],
  remedy: RECREATE,
  attempt: `hidden identity devices matrix`,
});
