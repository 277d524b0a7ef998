import type { LockdownState } from "../model/lockdown.ts";

export interface LockdownResult {
  readonly state: LockdownState | undefined;
  readonly paused: readonly string[];
  readonly stopped: readonly string[];
  readonly resumed: readonly string[];
  readonly failed: readonly string[];
}

/** The line that every surface begins with while sandboxes are locked down. */
export function lockdownLine({ since, because }: LockdownState): string {
  return `LOCKDOWN${since === undefined ? "" : ` since ${since.slice(0, 19)}Z`} (${because}): sandboxes are paused, new ones refused, secrets withheld.`;
}

/** What a lockdown or its end did, as lines. */
export function renderLockdown({ state, paused, stopped, resumed, failed }: LockdownResult): string {
  const lines = [state ? `fortress: ${lockdownLine(state)}` : "fortress: no lockdown. Sandboxes are made as usual."];
  for (const [what, names] of [["Paused", paused], ["Stopped, because the engine can't pause it", stopped], ["Goes on", resumed]] as const) {
    if (names.length > 0) lines.push(`${what}: ${names.join(", ")}`);
  }
  for (const each of failed) lines.push(`✗ ${each}`);
  if (state) lines.push("It ends with /fortress thaw or openclaw fortress thaw, and outlives the gateway.");
  return lines.join("\n");
}
