import type { Verb } from "./verb.ts";

export const backup: Verb = {
  name: "backup",
  summary: "makes a backup of the gateway's state; backup list: what there is; backup drill: restores the newest one to scratch",
  owner: true,
  run: async (surface, [word = "create"]) => {
    if (word === "list") return surface.backups();
    if (word === "create" || word === "drill") return surface.backup(word);
    return "fortress: backup, backup list or backup drill. A restore is done on the machine: openclaw fortress backup restore.";
  },
};
