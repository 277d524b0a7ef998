import { renderChat } from "../../report/chat.ts";
import type { Verb } from "./verb.ts";

export const status: Verb = {
  name: "status",
  summary: "what the engine and the kernel say of every sandbox, and one verdict",
  owner: false,
  run: async (surface) => renderChat(await surface.status()),
};
