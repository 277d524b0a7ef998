import { isForgotten, planStale } from "../../maintenance/stale.ts";
import { FortressError, textOf } from "../../model/errors.ts";
import type { Finding } from "../../model/finding.ts";
import { isRemoved, listOurs } from "../ours.ts";
import { count, type MaintenanceStep, sentence } from "./step.ts";

/** Removes stopped sandboxes of this gateway that OpenClaw forgot, and names those that run. */
export const containers: MaintenanceStep = {
  id: "containers",
  title: "remove stopped sandboxes that OpenClaw forgot",
  everyDays: 1,
  maxMinutes: 10,
  async run({ core, host, now }) {
    const { edges, ledger, resolve } = core;
    const days = resolve().config.maintenance.containerDays;
    const { sandboxes, unseen } = await listOurs(core, host);
    // After the list: what OpenClaw made meanwhile is not in the list.
    const known = await edges.maintenance.registry();
    const removed: string[] = [];
    const failures = unseen.map(({ engine, error }) => `${engine}: ${textOf(error)}`);
    for (const sandbox of sandboxes) {
      const { engine, container } = sandbox;
      const { remove, because } = planStale({ container, known, days, now: now.getTime() });
      if (!remove) continue;
      const error = await edges.engine(engine).removeStopped(container.id).then(() => undefined, textOf);
      if (error !== undefined && (await isRemoved(core, sandbox))) continue;
      await ledger.record({ action: "container.removed", target: container.name, because, outcome: error === undefined ? "done" : "failed", ...(error === undefined ? {} : { detail: error }) });
      if (error === undefined) removed.push(container.name);
      else failures.push(`${container.name}: ${error}`);
    }
    if (failures.length > 0) throw new FortressError("engine-failed", failures.join("; "), "See the engine's own message.");
    const stopped = sandboxes.filter(({ container }) => !container.running && container.paused !== true).length;
    const detail = `${sentence(count(sandboxes.length, "sandbox", "sandboxes"))}, ${stopped} stopped, ${removed.length} removed`;
    if (known === undefined && stopped > 0) return { outcome: "partial", detail: `${detail}: OpenClaw's registry of sandboxes could not be read, so none is known to be left over.`, findings: [] };
    const findings = sandboxes
      .filter(({ container }) => isForgotten({ container, known, now: now.getTime() }))
      .map(({ engine, container: { name } }): Finding => ({ id: "sandbox.forgotten", severity: "warn", detail: `${name} runs although OpenClaw does not know it any more: no turn uses it, and nobody ends it.`, remedy: `See what runs in it: ${engine} top ${name}. Then end it: ${engine} rm --force ${name}` }));
    const named = removed.length > 0 ? `: ${removed.join(", ")}` : "";
    return findings.length > 0 ? { outcome: "found", detail: `${detail}${named}; ${findings.length} forgotten and running.`, findings } : { outcome: "well", detail: `${detail}${named}.`, findings };
  },
};
