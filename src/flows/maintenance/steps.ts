import { containers } from "./containers.ts";
import { evidence } from "./evidence.ts";
import { images } from "./images.ts";
import { leaks } from "./leaks.ts";
import { logs } from "./logs.ts";
import type { MaintenanceStep } from "./step.ts";

/** What is done once a day, in this order: containers before the images that they keep, the longest last. */
export const STEPS: readonly MaintenanceStep[] = [containers, images, evidence, logs, leaks];
