import { renderLockdown } from "../../report/lockdown.ts";
import type { Verb } from "./verb.ts";

export const lockdown: Verb = {
  name: "lockdown",
  summary: "pauses every sandbox, refuses new ones and withholds secrets",
  owner: true,
  run: async (surface) => renderLockdown(await surface.lockdown("asked for in chat")),
};

export const thaw: Verb = {
  name: "thaw",
  summary: "ends the lockdown",
  owner: true,
  run: async (surface) => renderLockdown(await surface.thaw("asked for in chat")),
};
