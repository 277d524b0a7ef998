import { fail, outside, pass, unknown } from "../check.ts";
import { statusField } from "../facts.ts";

export const check = outside({
  id: "privilege.not-root-group",
  title: "It has no group of the host's root",
  severity: "warn",
  maps: ["PRIV-03"],
  remedy: "Set posture.user to UID:GID, and recreate the sandbox.",
  look(seen) {
    const [gids, groups] = [statusField(seen, "Gid"), statusField(seen, "Groups")];
    if (!gids || groups === undefined) return unknown("its groups could not be read");
    const all = `${gids} ${groups}`.split(/\s+/).filter(Boolean);
    return all.includes("0") ? fail(`gids ${gids}, groups ${groups}`) : pass(`gid ${all[0]}`);
  },
});
