import { expect, it } from "vitest";
import { type Desired, type Observed, planReconcile, type Step } from "../../src/reconcile/plan.ts";
import { container } from "../fixtures/container.ts";

const RUNNING = container();
const OPEN: Desired = { locked: false };
const fine: Observed = { container: RUNNING, drift: [], exposed: [] };
const drifted: Observed = { ...fine, drift: ["PIDs is 4000 instead of 512", "memory is unlimited instead of 8 GiB"] };
const limit: Step = { do: "limit", because: "PIDs is 4000 instead of 512; memory is unlimited instead of 8 GiB" };
const still: Step = { do: "still", because: "lockdown" };

it.each<[string, Observed, Desired, Step[]]>([
  ["nothing where all is well", fine, OPEN, []],
  ["new limits where they drifted", drifted, OPEN, [limit]],
  ["nothing where the limits can't be seen", { ...fine, drift: undefined }, OPEN, []],
  ["nothing again that did not help", { ...drifted, inVain: limit.because }, OPEN, []],
  ["something where it drifted in another way since", { ...drifted, inVain: "CPUs is 9 instead of 4" }, OPEN, [limit]],
  ["nothing to a stopped one", { ...drifted, exposed: ["x"], container: container({ running: false, pid: 0 }) }, { locked: true }, []],
  ["nothing to a paused one", { ...fine, container: container({ running: false, paused: true }) }, { locked: true }, []],
  ["a pause in a lockdown", fine, { locked: true }, [still]],
  ["a pause in a lockdown, and limits for later", drifted, { locked: true }, [still, limit]],
  ["a pause of one that is to stand still", fine, { locked: false, frozen: "its disk is full" }, [{ do: "still", because: "its disk is full" }]],
  ["one pause for two reasons", fine, { locked: true, frozen: "its disk is full" }, [still]],
  ["an end to what is quarantined and was started all the same", drifted, { locked: true, held: "it hangs" }, [{ do: "quarantine", because: "quarantined, because it hangs" }]],
  ["an end, and nothing else, to what is exposed", { ...drifted, exposed: ["/a: keys", "/b: keys"] }, { locked: true }, [{ do: "quarantine", because: "/a: keys; /b: keys" }]],
])("does %s", (_, observed, desired, steps) => {
  expect(planReconcile(observed, desired)).toEqual(steps);
});
