import { backup } from "./backup.ts";
import { containers } from "./containers.ts";
import { drill } from "./drill.ts";
import { evidence } from "./evidence.ts";
import { images } from "./images.ts";
import { leaks } from "./leaks.ts";
import { logs } from "./logs.ts";
import type { Backups } from "../backup.ts";
import type { MaintenanceStep } from "./step.ts";

/** What is done once a day, in this order: what must not be missed first, containers before the images that they keep, the longest last. */
export function stepsWith(backups: Backups): readonly MaintenanceStep[] {
  return [backup(backups), drill(backups), containers, images, evidence, logs, leaks];
}
