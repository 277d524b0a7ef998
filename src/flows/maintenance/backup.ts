import { ageOf } from "../../backup/due.ts";
import type { Backups } from "../backup.ts";
import { type MaintenanceStep, well } from "./step.ts";

const HOUR = 3_600_000;
/** The gateway makes its own every day; this one is for when it was down at that hour. */
const RECENT_MS = 20 * HOUR;
const WAIT_MS = HOUR;

/** Makes a backup where none was made for a day, as while the gateway is down. */
export const backup = (backups: Pick<Backups, "create" | "state">): MaintenanceStep => ({
  id: "backup",
  title: "make a backup, where none was made within a day",
  everyDays: 1,
  maxMinutes: 190,
  async run({ core, host, now }) {
    if (!core.resolve().config.backups.enabled) return well("Backups are off (backups.enabled).");
    const age = ageOf(backups.state().verified?.createdAt, now);
    if (age !== undefined && age < RECENT_MS) return well(`The newest verified backup is ${Math.floor(age / HOUR)} hours old.`);
    const { set } = await backups.create(() => host, "maintenance", { waitMs: WAIT_MS });
    // What it lacks is a finding of its own.
    return { outcome: set.status === "verified" ? "well" : "found", detail: `Backup ${set.id} was made and is ${set.status}.`, findings: [] };
  },
});
