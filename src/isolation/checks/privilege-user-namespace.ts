import { fail, outside, pass, RECREATE, unknown } from "../check.ts";
import { statusField } from "../facts.ts";

export const check = outside({
  id: "privilege.user-namespace",
  title: "Root of the sandbox is not root of the host",
  severity: "critical",
  maps: ["PRIV-04", "CIS-5.31"],
  remedy: RECREATE,
  look(seen) {
    const map = seen.read(`/proc/${seen.container.pid}/uid_map`)?.trim();
    const uid = statusField(seen, "Uid")?.split(/\s+/)[1];
    if (!map || !uid) return unknown("its id mapping could not be read");
    const first = /^0\s+0\s/m.test(map);
    if (!first) return pass("ids are mapped");
    return uid === "0" ? fail("its uid 0 is the host's") : pass(`ids are not mapped, and it runs as uid ${uid}`);
  },
});
