import { expect, it } from "vitest";
import type { Finding, Severity } from "../../src/model/finding.ts";
import type { Verdict } from "../../src/model/report.ts";
import { buildReport } from "../../src/report/build.ts";

const finding = (severity: Severity, id: string = severity): Finding => ({ id, severity, detail: "d", remedy: "r" });
const findings = (...severities: Severity[]): Finding[] => severities.map((severity) => finding(severity));

it.each<[Severity[], number, Verdict]>([
  [[], 0, "hardened"],
  [["info", "info"], 0, "hardened"],
  [["info", "warn"], 0, "attention"],
  [["info", "warn", "critical"], 0, "exposed"],
  [[], 1, "unknown"],
  [["info"], 1, "unknown"],
  [["warn"], 2, "unknown"],
  // Something known to be wrong is worse than something unknown.
  [["critical"], 1, "exposed"],
])("%j and %d unseen: %s", (severities, unseen, verdict) => {
  expect(buildReport([], findings(...severities), Array.from({ length: unseen }, () => finding("warn"))).verdict).toBe(verdict);
});

it("shows the worst first, else in the order of looking", () => {
  const { findings: shown } = buildReport([], [finding("info", "a"), finding("warn", "b"), finding("critical", "c"), finding("warn", "d")], [finding("warn", "e"), finding("info", "f")]);
  expect(shown.map(({ id }) => id)).toEqual(["c", "b", "d", "e", "a", "f"]);
});
