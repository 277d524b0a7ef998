import { count, type MaintenanceStep, sentence, well } from "./step.ts";

const DAY = 86_400_000;

/** Removes what was kept of old failures of the gateway. */
export const evidence: MaintenanceStep = {
  id: "evidence",
  title: "remove old evidence of failures",
  everyDays: 1,
  maxMinutes: 5,
  async run({ core: { edges, resolve }, now }) {
    const days = resolve().config.maintenance.evidenceDays;
    const removed = edges.maintenance.expireEvidence(new Date(now.getTime() - days * DAY));
    return well(`${sentence(count(removed, "file"))} older than ${days} days ${removed > 1 ? "were" : "was"} removed.`);
  },
};
