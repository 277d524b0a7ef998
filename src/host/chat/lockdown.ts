import { renderLockdown } from "../../report/lockdown.ts";
import { short } from "../../report/short.ts";
import type { Verb } from "./verb.ts";

const WHOLE = "openclaw fortress status";

export const lockdown: Verb = {
  name: "lockdown",
  summary: "pauses every sandbox, refuses new ones and withholds secrets",
  owner: true,
  run: async (surface) => short(renderLockdown(await surface.lockdown("asked for in chat")), WHOLE),
};

export const thaw: Verb = {
  name: "thaw",
  summary: "ends the lockdown",
  owner: true,
  run: async (surface) => short(renderLockdown(await surface.thaw("asked for in chat")), WHOLE),
};
