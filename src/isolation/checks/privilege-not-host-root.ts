import { fail, outside, pass, unknown } from "../check.ts";
import { statusField } from "../facts.ts";

export const check = outside({
  id: "privilege.not-host-root",
  title: "It does not run as root of the host",
  severity: "critical",
  maps: ["PRIV-03", "PSS Running as Non-root"],
  remedy: "Set posture.user, or give the workspace to a user that is not root, and recreate the sandbox.",
  look(seen) {
    const uids = statusField(seen, "Uid")?.split(/\s+/);
    if (!uids?.every((uid) => /^\d+$/.test(uid))) return unknown("its user ids could not be read");
    return uids.includes("0") ? fail(`uids ${uids.join(" ")}`) : pass(`uid ${uids[0]}`);
  },
});
