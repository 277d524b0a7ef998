import type { Container } from "../model/sandbox.ts";

const DAY = 86_400_000;

export type Fate = { readonly remove: boolean; readonly because: string };

export interface StaleFacts {
  /** One of this gateway's. */
  readonly container: Pick<Container, "name" | "running" | "paused" | "stoppedMs">;
  /** Names that OpenClaw's registry has; undefined when it could not be read. */
  readonly known: ReadonlySet<string> | undefined;
  readonly days: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** OpenClaw writes down what it makes only when it is made. */
const MAKING_MS = 10 * 60_000;

/** True for what runs although OpenClaw does not know it any more: no turn uses it, and nobody ends it. */
export function isForgotten({ container: { name, running, labels }, known, now }: { readonly container: Pick<Container, "name" | "running" | "labels"> } & Pick<StaleFacts, "known" | "now">): boolean {
  const age = now - Number(labels["openclaw.createdAtMs"] ?? 0);
  return running && known !== undefined && !known.has(name) && !(age <= MAKING_MS);
}

/** What to do with a sandbox that OpenClaw may have forgotten. What is not known to be left over stays. */
export function planStale({ container: { name, running, paused, stoppedMs }, known, days, now }: StaleFacts): Fate {
  const keep = (because: string): Fate => ({ remove: false, because });
  if (known === undefined) return keep("OpenClaw's registry could not be read");
  if (known.has(name)) return keep("OpenClaw knows it");
  if (running || paused === true) return keep("it runs");
  if (stoppedMs === undefined) return keep("the engine does not say since when it is stopped");
  if (now - stoppedMs < days * DAY) return keep(`it is stopped for less than ${days} days`);
  return { remove: true, because: `OpenClaw does not know it any more, and it is stopped since ${new Date(stoppedMs).toISOString().slice(0, 10)}` };
}
