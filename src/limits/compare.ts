import { LIMIT_NAMES, type LimitName, type Limits, type ObservedLimits } from "../model/sandbox.ts";
import { formatLimit, isExactly, isLooser, LIMIT_LABELS } from "../model/units.ts";

/** True when the kernel enforces exactly what is wanted; a tighter limit is not exact. */
export function exact(wanted: Limits, observed: ObservedLimits): boolean {
  return LIMIT_NAMES.every((name) => isExactly(wanted[name], observed[name]));
}

/** Where the kernel enforces less than wanted: one sentence each, empty when all limits hold. */
export function shortfalls(wanted: Limits, observed: ObservedLimits): string[] {
  return LIMIT_NAMES.filter((name) => !holds(name, wanted, observed)).map((name) => `${LIMIT_LABELS[name]}: wanted ${formatLimit(name, wanted[name])}, the kernel says ${formatLimit(name, observed[name])}`);
}

/** A tighter limit holds; one that could not be read does not. */
export function holds(name: LimitName, wanted: Limits, observed: ObservedLimits): boolean {
  return !isLooser(wanted[name], observed[name]);
}
