import type { HostFacts } from "../flows/status.ts";
import type { Fortress } from "../fortress.ts";
import { renderCreated, renderDrill, renderSets } from "../report/backup.ts";
import type { Surface } from "./shared.ts";

/** What people in chat can do about backups. */
export function backupWords({ backup }: Pick<Fortress, "backup">, facts: () => HostFacts): Pick<Surface, "backup" | "backups"> {
  return {
    async backup(what) {
      return what === "create" ? renderCreated(await backup.create(facts, "asked for in chat")) : renderDrill(await backup.drill(facts));
    },
    backups: async () => renderSets((await backup.list(facts)).toReversed()),
  };
}
