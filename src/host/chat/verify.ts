import { renderBrief } from "../../report/verification/brief.ts";
import type { Verb } from "./verb.ts";

export const verify: Verb = {
  name: "verify",
  summary: "tries every attack of the isolation suite in every running sandbox; takes some seconds",
  owner: true,
  run: async (surface) => renderBrief(await surface.verify({ quick: false }), "openclaw fortress verify"),
};
