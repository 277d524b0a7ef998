import { fail, outside, pass, RECREATE, unknown } from "../check.ts";
import { statusField } from "../facts.ts";

/** What the engines start with --init. */
const INITS = ["catatonit", "podman-init", "docker-init", "tini"];

export const check = outside({
  id: "privilege.first-process",
  title: "Its first process reaps orphans and is the first of its namespace",
  severity: "warn",
  maps: ["RES-11", "PRIV-09"],
  remedy: RECREATE,
  look(seen) {
    const inner = statusField(seen, "NSpid")?.split(/\s+/).at(-1);
    const name = statusField(seen, "Name");
    if (inner === undefined || name === undefined) return unknown("its first process could not be read");
    if (inner !== "1") return fail(`pid ${inner} of its namespace`);
    return INITS.includes(name) ? pass(name) : fail(`${name} does not reap`);
  },
});
