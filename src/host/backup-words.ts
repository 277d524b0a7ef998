import type { HostFacts } from "../flows/status.ts";
import type { Fortress } from "../fortress.ts";
import { counted } from "../model/units.ts";
import { renderCreated, renderDrill, renderSets } from "../report/backup.ts";
import type { Surface } from "./shared.ts";

/** As many as a chat message should have, and as long. */
const MOST_LINES = 15;
const MOST_CHARACTERS = 200;

/** What people in chat can do about backups. */
export function backupWords({ backup }: Pick<Fortress, "backup">, facts: () => HostFacts): Pick<Surface, "backup" | "backups"> {
  return {
    async backup(what) {
      if (what === "drill") return brief(renderDrill(await backup.drill(facts)), "openclaw fortress backup restore --drill");
      return brief(renderCreated(await backup.create(facts, "asked for in chat")), "the set's manifest.json has them.");
    },
    backups: async () => brief(renderSets((await backup.list(facts)).toReversed()), "openclaw fortress backup list"),
  };
}

/** The first lines. @param where the rest is */
function brief(text: string, where: string): string {
  const lines = text.split("\n").map((line) => (line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line));
  const left = lines.length - MOST_LINES;
  return left <= 0 ? lines.join("\n") : [...lines.slice(0, MOST_LINES), `… ${counted(left, "more line")}: ${where}`].join("\n");
}
