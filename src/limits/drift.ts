import { LIMIT_NAMES, type Limits, type ObservedLimits } from "../model/sandbox.ts";
import { formatLimit, isExactly, LIMIT_LABELS } from "../model/units.ts";

/**
 * Where the kernel enforces something else than wanted, tighter limits included: one sentence each.
 * Undefined when not one of them can be read.
 */
export function driftOf(wanted: Limits, observed: ObservedLimits): readonly string[] | undefined {
  if (LIMIT_NAMES.every((name) => observed[name] === undefined)) return undefined;
  return LIMIT_NAMES.filter((name) => !isExactly(wanted[name], observed[name])).map((name) => `${LIMIT_LABELS[name]} is ${formatLimit(name, observed[name])} instead of ${formatLimit(name, wanted[name])}`);
}
