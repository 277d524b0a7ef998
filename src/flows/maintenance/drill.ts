import type { Backups } from "../backup.ts";
import { type MaintenanceStep, well } from "./step.ts";

const WAIT_MS = 3_600_000;

/** Restores the newest verified backup to scratch, as somebody would in need. */
export const drill = (backups: Pick<Backups, "drill" | "state">): MaintenanceStep => ({
  id: "drill",
  title: "try to restore the newest backup",
  everyDays: 7,
  maxMinutes: 190,
  async run({ host }) {
    if (backups.state().verified === undefined) return well("There is no verified backup to try.");
    const { set, outcome, detail } = await backups.drill(() => host, { waitMs: WAIT_MS });
    return { outcome: outcome === "passed" ? "well" : "failed", detail: `${set}: ${detail}.`, findings: [] };
  },
});
