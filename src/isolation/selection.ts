import { FortressError } from "../model/errors.ts";
import { inert } from "../model/inert.ts";
import { CATALOG } from "./catalog.ts";
import { selectChecks } from "./runner.ts";

const MAX_SHOWN = 60;

/**
 * The ids that somebody asks for, when each is a check and one of them is looked at at all: of nothing
 * that was looked at, nothing would fail.
 *
 * @param key what the asker calls the list: `--check`, `params.check`
 * @param ids undefined: all
 * @throws FortressError `config-invalid`
 */
export function askedChecks(key: string, ids: readonly string[] | undefined, quick: boolean): readonly string[] | undefined {
  const wrong = ids?.find((id) => !CATALOG.some((check) => check.id === id));
  if (wrong !== undefined) {
    const near = CATALOG.map(({ id }) => id).filter((id) => id.startsWith(`${wrong.split(".", 1)[0]!}.`));
    throw new FortressError("config-invalid", `${key}: ${inert(wrong.slice(0, MAX_SHOWN))} is not a check.`, near.length > 0 ? `Of this topic there are ${near.join(", ")}.` : "Run openclaw fortress verify to see all ids.");
  }
  if (ids && selectChecks({ ids, quick }).length === 0) throw new FortressError("config-invalid", `${key}: what it names is tried inside a sandbox, and a quick look starts nothing there.`, "Ask without quick.");
  return ids;
}
