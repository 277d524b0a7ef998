import { expect, it } from "vitest";
import { hiddenEntries } from "../../src/mounts/hidden.ts";
import { createHome } from "../fixtures/home.ts";

it("is what lies in the state directory and in no mount, with what it holds", () => {
  const home = createHome();
  home.mkdir(".openclaw/credentials", ".openclaw/logs", ".openclaw/logs-of-mine", ".openclaw/agents/main/sessions");
  const { layout } = home.facts();
  const hidden = (...sources: string[]): string[] => hiddenEntries(sources.map((source) => home.path(source)), layout, home.places).map(({ entry }) => entry);
  expect(hidden()).toEqual(["agents", "credentials", "logs", "logs-of-mine", "workspace"]);
  // Part of an entry is not hidden; what only begins like one is.
  expect(hidden(".openclaw/logs", ".openclaw/agents/main/sessions")).toEqual(["credentials", "logs-of-mine", "workspace"]);
  expect(hidden(".openclaw")).toEqual([]);
  expect(hiddenEntries([], layout, home.places).filter(({ entry }) => ["credentials", "logs-of-mine"].includes(entry))).toEqual([
    { entry: "credentials", holds: "channel tokens and OAuth data" },
    { entry: "logs-of-mine", holds: "nobody classified it" },
  ]);
});
