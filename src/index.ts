import { definePluginEntry } from "openclaw/plugin-sdk/plugin-entry";
import { registerFortress } from "./host/register.ts";

export default definePluginEntry({
  id: "fortress",
  name: "Fortress",
  description: "Structural isolation of agent sandboxes: granular mounts, per-exec secrets, enforced limits.",
  register: registerFortress,
});
