import type { Outcome } from "../model/check.ts";
import type { LimitName } from "../model/sandbox.ts";
import { formatLimit } from "../model/units.ts";
import { fail, pass, unknown } from "./check.ts";
import type { Outside } from "./facts.ts";

export function limited(name: LimitName, { wanted, observed, holds, tolerated }: Outside["limits"]): Outcome {
  const seen = `${formatLimit(name, observed[name])}, wanted ${formatLimit(name, wanted[name])}`;
  if (holds(name)) return pass(seen);
  const outcome = observed[name] === undefined ? unknown("the control group could not be read") : fail(seen);
  return tolerated ? { ...outcome, severity: "warn" } : outcome;
}
