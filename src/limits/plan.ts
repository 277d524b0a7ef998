import type { Machine } from "../model/ports.ts";
import type { Limits } from "../model/sandbox.ts";
import { formatSize } from "../model/units.ts";

/** Limits that the operator set in OpenClaw's own `sandbox.docker`, in the engines' notation. */
export interface NativeLimits {
  readonly memory?: string | number | undefined;
  readonly cpus?: number | undefined;
  readonly pidsLimit?: number | undefined;
}

export interface LimitPlan {
  readonly limits: Limits;
  /** What was made smaller than configured, and why; one sentence each. */
  readonly clipped: readonly string[];
}

/**
 * The limits of a sandbox: fortress's own, made smaller where the machine has less or where
 * OpenClaw's configuration asks for less. Never larger than either.
 *
 * @param wanted bytes, cores and a count, as configured
 */
export function planLimits(wanted: { memory: number; cpus: number; pids: number }, native: NativeLimits, machine: Machine): LimitPlan {
  const clipped: string[] = [];
  const smallest = (configured: number, bounds: readonly (readonly [number | undefined, string])[], show: (value: number) => string): number => {
    let value = configured;
    for (const [bound, because] of bounds) {
      if (bound === undefined || bound >= value) continue;
      clipped.push(`${show(configured)} clipped to ${show(bound)}: ${because}`);
      value = bound;
    }
    return value;
  };
  const asked = "sandbox.docker asks for less";
  const memory = smallest(
    wanted.memory,
    [[machine.memory, "the machine has no more memory"], [nativeBytes(native.memory), asked]],
    formatSize,
  );
  const cpus = smallest(
    wanted.cpus,
    [[machine.cpus, "the machine has no more CPUs"], [positive(native.cpus), asked]],
    (value) => `${value} CPUs`,
  );
  const pids = smallest(wanted.pids, [[positive(native.pidsLimit), asked]], (value) => `${value} PIDs`);
  return { limits: { memory, memorySwap: memory, cpus, pids }, clipped };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}

/** Reads what the engines read (`512m`, `1.5 GiB`, plain bytes): a bound that is overlooked is a limit that is too large. */
function nativeBytes(value: string | number | undefined): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([kmgtp]?)i?b?$/.exec(String(value ?? "").trim().toLowerCase()) ?? [];
  return digits === undefined ? undefined : positive(Math.floor(Number(digits) * 1024 ** " kmgtp".indexOf(unit || " ")));
}
