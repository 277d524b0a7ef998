import { renderBrief } from "../../report/brief.ts";
import { renderChat } from "../../report/chat.ts";
import type { Verb } from "./verb.ts";

export const status: Verb = {
  name: "status",
  summary: "one verdict over every sandbox, and what needs attention; status full: every detail",
  owner: false,
  run: async (surface, [word]) => {
    const report = await surface.status();
    return word === "full" ? renderChat(report) : renderBrief(report, "/fortress status full");
  },
};
