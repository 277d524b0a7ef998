import { renderLog } from "../../report/log.ts";
import { short } from "../../report/short.ts";
import type { Verb } from "./verb.ts";

/** As many as a chat message should have. */
const LAST = 15;

export const log: Verb = {
  name: "log",
  summary: "what fortress did last, and why",
  owner: false,
  run: async (surface) => short(renderLog(await surface.log(), LAST), "openclaw fortress log"),
};
