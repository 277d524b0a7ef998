import { fail, outside, pass, RECREATE, unknown } from "../check.ts";
import { statusField } from "../facts.ts";

export const check = outside({
  id: "privilege.seccomp-filter",
  title: "A filter of system calls holds",
  severity: "critical",
  maps: ["CFG-10", "CIS-5.22", "PSS Seccomp"],
  remedy: RECREATE,
  look(seen) {
    const mode = seen.posture.seccomp;
    if (mode === undefined) return unknown("the seccomp mode could not be read");
    return mode === 2 ? pass(`mode 2, ${statusField(seen, "Seccomp_filters") ?? "?"} filters`) : fail(`mode ${mode}`);
  },
});
