import { planImages } from "../../maintenance/images.ts";
import { FortressError, textOf } from "../../model/errors.ts";
import type { ImageMemory } from "../../model/maintenance.ts";
import type { EngineId, Image } from "../../model/sandbox.ts";
import { listOurs } from "../ours.ts";
import { count, type MaintenanceStep, sentence, type StepWork } from "./step.ts";

/** Removes images of sandboxes that no container and no configuration uses. */
export const images: MaintenanceStep = {
  id: "images",
  title: "remove unused images of sandboxes",
  everyDays: 1,
  maxMinutes: 30,
  async run(work) {
    const memory: ImageMemory[] = [];
    const removed: string[] = [];
    const failures: string[] = [];
    for (const engine of work.host.engines) {
      try {
        memory.push(...(await removeUnused(engine, work, removed, failures)));
      } catch (error) {
        failures.push(textOf(error));
        memory.push(...work.images.filter((each) => each.engine === engine));
      }
    }
    work.remember(memory);
    if (failures.length > 0) throw new FortressError("engine-failed", failures.join("; "), "See the engine's own message.");
    const unused = memory.filter(({ unusedSince }) => unusedSince !== undefined).length - removed.length;
    return { outcome: "well", detail: `${sentence(count(memory.length, "image of sandboxes", "images of sandboxes"))}, ${removed.length} removed${removed.length > 0 ? ` (${removed.join(", ")})` : ""}, ${unused} unused for now.`, findings: [] };
  },
};

async function removeUnused(engine: EngineId, { core, host, now, images: memory }: StepWork, removed: string[], failures: string[]): Promise<readonly ImageMemory[]> {
  const { edges, ledger, resolve } = core;
  const store = edges.maintenance.images(engine);
  const { sandboxes, unseen } = await listOurs(core, { engines: [engine], workspaces: host.workspaces });
  if (unseen[0]) throw unseen[0].error;
  const found = await store.list();
  // After the list: an image that came to be used meanwhile is seen to be so.
  const usedBy = await store.usedBy();
  const ours = new Set(sandboxes.flatMap(({ container }) => usedBy.get(container.id) ?? []));
  const plan = planImages({ engine, images: found, used: new Set(usedBy.values()), ours, configured: host.images ?? [], memory, days: resolve().config.maintenance.imageDays, now });
  for (const { image, because } of plan.remove) {
    const target = nameOf(image);
    try {
      if (!(await store.remove(image))) continue;
      removed.push(target);
      await ledger.record({ action: "image.removed", target, because, outcome: "done" });
    } catch (error) {
      failures.push(`${target}: ${textOf(error)}`);
      await ledger.record({ action: "image.removed", target, because, outcome: "failed", detail: textOf(error) });
    }
  }
  return plan.memory;
}

function nameOf({ id, names }: Image): string {
  return names[0] ?? id.slice(0, 12);
}
