import type { HostFacts } from "../flows/status.ts";
import type { Fortress } from "../fortress.ts";
import { renderCreated, renderDrill, renderSets } from "../report/backup.ts";
import { short } from "../report/short.ts";
import type { Surface } from "./shared.ts";

/** What people in chat can do about backups. */
export function backupWords({ backup }: Pick<Fortress, "backup">, facts: () => HostFacts): Pick<Surface, "backup" | "backups"> {
  return {
    async backup(what) {
      if (what === "drill") return short(renderDrill(await backup.drill(facts)), "openclaw fortress backup restore --drill");
      return short(renderCreated(await backup.create(facts, "asked for in chat")), "the set's manifest.json has them.");
    },
    backups: async () => short(renderSets((await backup.list(facts)).toReversed()), "openclaw fortress backup list"),
  };
}
