import { renderBrief } from "../../report/brief.ts";
import { renderChat } from "../../report/chat.ts";
import { type Room, short } from "../../report/short.ts";
import type { Verb } from "./verb.ts";

/** Of who asks for everything; channels break it into several messages. */
const WHOLE: Room = { lines: 120, characters: 1_000 };

export const status: Verb = {
  name: "status",
  summary: "one verdict over every sandbox, and what needs attention; status full: every detail",
  owner: false,
  run: async (surface, [word]) => {
    const report = await surface.status();
    return word === "full" ? short(renderChat(report), "openclaw fortress status --full", WHOLE) : renderBrief(report, "/fortress status full");
  },
};
