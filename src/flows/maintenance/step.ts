import type { ImageMemory, StepResult } from "../../model/maintenance.ts";
import { counted } from "../../model/units.ts";
import type { Core } from "../core.ts";
import type { HostFacts } from "../status.ts";

/** What a step works with. */
export interface StepWork {
  readonly core: Core;
  readonly host: HostFacts;
  readonly now: Date;
  /** What the last run knew of images. */
  readonly images: readonly ImageMemory[];
  /** Keeps it for the next run. */
  remember(images: readonly ImageMemory[]): void;
}

/** One thing that the daily maintenance does. A step that throws has failed; the others are done all the same. */
export interface MaintenanceStep {
  readonly id: string;
  readonly title: string;
  /** 1 for every run. */
  readonly everyDays: number;
  /** It has failed when it takes longer. */
  readonly maxMinutes: number;
  run(work: StepWork): Promise<StepResult>;
}

export const well = (detail: string): StepResult => ({ outcome: "well", detail, findings: [] });

/** `1 image`, `2 images`, `no image`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return number === 0 ? `no ${one}` : counted(number, one, many);
}

export function sentence(text: string): string {
  return text.replace(/^./, (first) => first.toUpperCase());
}
