import { expect, it } from "vitest";
import { backupFindings, backupReport } from "../../src/backup/findings.ts";
import type { BackupState, SetSummary } from "../../src/model/backup.ts";
import { backupLine } from "../../src/report/backup.ts";
import { backups } from "../../src/report/html/backups.ts";
import { toJson } from "../../src/report/json.ts";
import { expectSchema, report } from "../fixtures/report.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const SET: SetSummary = { id: "000007-2026-11-28T03-00-00Z", sequence: 7, createdAt: "2026-11-28T03:00:00Z", status: "verified", files: 3, databases: 1, bytes: 2 ** 20, encrypted: false, problems: [] };
const RUN = { at: "2026-11-28T03:00:00Z", outcome: "verified" } as const;
const NONE = { latest: [], older: 0 };
const NEWEST = { id: SET.id, sequence: 7, status: "verified" } as const;
const GOOD: BackupState = { run: RUN, verified: SET, newest: NEWEST };
const ids = (state: BackupState, enabled = true): string[] => backupFindings(state, NOW, enabled).map(({ id }) => id);

it("finds nothing where all is well, and before the first run", () => {
  expect(ids(GOOD)).toEqual([]);
  expect(ids({})).toEqual([]);
});

it.each<[string, BackupState, string[]]>([
  ["a run that failed", { ...GOOD, run: { ...RUN, outcome: "failed", detail: "no space", remedy: "Make room there." } }, ["backup.failed"]],
  ["a first run that failed", { run: { ...RUN, outcome: "failed" } }, ["backup.failed", "backup.overdue"]],
  ["a degraded set", { ...GOOD, newest: { ...NEWEST, status: "degraded", detail: "memory/x.sqlite (locked)" } }, ["backup.degraded"]],
  ["a verified set that is too old", { ...GOOD, verified: { ...SET, createdAt: "2026-11-26T03:00:00Z" } }, ["backup.overdue"]],
  ["a verified set of a time that is to come", { ...GOOD, verified: { ...SET, createdAt: "2031-01-01T00:00:00Z" } }, ["backup.overdue"]],
  ["a verified set of no time at all", { verified: { ...SET, createdAt: "garbage" } }, ["backup.overdue"]],
  ["what is remembered and damaged", { damaged: true }, ["backup.overdue"]],
  ["a set that was not taken elsewhere", { ...GOOD, run: { ...RUN, afterwards: "rclone ended with 1" } }, ["backup.afterwards-failed"]],
  ["a drill that failed", { ...GOOD, drill: { at: RUN.at, set: SET.id, outcome: "failed", detail: "x" } }, ["backup.drill-failed"]],
])("names %s", (_, state, found) => {
  expect(ids(state)).toEqual(found);
  for (const { severity, remedy } of backupFindings(state, NOW, true)) expect([severity, remedy.length > 10]).toEqual(["warn", true]);
});

it("misses nothing where the gateway makes none by itself", () => {
  expect(ids({ ...GOOD, verified: { ...SET, createdAt: "2025-01-01T03:00:00Z" } }, false)).toEqual([]);
});

it("says what a degraded set lacks", () => {
  expect(backupFindings({ ...GOOD, newest: { ...NEWEST, status: "degraded", detail: "memory/x.sqlite (locked)" } }, NOW, true)[0]!.detail).toBe(`The newest backup, ${SET.id}, lacks something: memory/x.sqlite (locked).`);
});

it("is one line in the status, by the clock of the machine", () => {
  const at = (day: number, hour: number): string => new Date(2026, 10, day, hour).toISOString();
  expect(backupLine(backupReport(true, "/b", { verified: { ...SET, createdAt: at(28, 3) }, drill: { at: at(22, 4), set: SET.id, outcome: "passed", detail: "" } }, new Date(2026, 10, 28, 12, 30), new Date(2026, 10, 29, 3), NONE))).toBe("backup: 2026-11-28 03:00, 9 hours old, 1 MiB · drill passed 2026-11-22 04:00 · next 2026-11-29 03:00");
  expect(backupLine(backupReport(false, "/b", {}, NOW, undefined, NONE))).toBe("backup: none yet · no drill yet · on demand only");
});

it.each<[string, string]>([
  ["2026-11-28T11:59:00Z", "1 minute old"],
  ["2026-11-28T11:01:00Z", "59 minutes old"],
  ["2026-11-27T11:00:00Z", "25 hours old"],
  ["2026-11-25T12:00:00Z", "3 days old"],
  ["2031-01-01T00:00:00Z", "its age is not known"],
])("says how old the newest verified one of %s is: %s", (createdAt, words) => {
  expect(backupLine(backupReport(true, "/b", { verified: { ...SET, createdAt } }, NOW, NOW, NONE))).toContain(`, ${words}, 1 MiB · `);
});

it("says of a drill that could restore nothing that it compared hashes only", () => {
  const backup = backupReport(true, "/b", { ...GOOD, drill: { at: RUN.at, set: SET.id, outcome: "passed", detail: "", hashesOnly: true } }, NOW, NOW, NONE);
  expect(backupLine(backup)).toContain("drill passed (hashes only) 2026-");
  expect(backups(report({ backup }))!.text).toContain("passed (hashes only), ");
  expect(toJson(report({ backup })).backup).toMatchObject({ ageMs: 9 * 3_600_000, lastDrill: { hashesOnly: true } });
});

it("is in the JSON of the report as its schema has it, where nothing was made yet as well", () => {
  expectSchema(toJson(report({ backup: backupReport(true, "/b", { ...GOOD, drill: { at: RUN.at, set: SET.id, outcome: "passed", detail: "", hashesOnly: true } }, NOW, NOW, NONE) })));
  expectSchema(toJson(report({ backup: backupReport(false, "/b", {}, NOW, undefined, NONE) })));
});
