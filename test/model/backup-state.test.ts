import fc from "fast-check";
import { expect, it } from "vitest";
import { backupFindings, backupReport } from "../../src/backup/findings.ts";
import { shownLatest } from "../../src/backup/latest.ts";
import type { BackupState } from "../../src/model/backup.ts";
import { readBackupState } from "../../src/model/backup-state.ts";
import { backupLine } from "../../src/report/backup.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const AT = "2026-11-28T03:00:00.000Z";
const ID = "000007-2026-11-28T03-00-00Z";
const GOOD = {
  run: { at: AT, outcome: "failed", detail: "no space", remedy: "Make room.", afterwards: "x" },
  drill: { at: AT, set: ID, outcome: "passed", detail: "" },
  verified: { id: ID, sequence: 7, createdAt: AT, status: "verified", files: 3, databases: 1, bytes: 9, encrypted: false, problems: [], tookMs: 5 },
  newest: { id: ID, sequence: 7, status: "degraded", detail: "x" },
  latest: [],
};

it("is what was written", () => {
  expect(readBackupState(GOOD)).toEqual(GOOD);
  expect(readBackupState({})).toEqual({});
});

it.each<[string, keyof typeof GOOD, unknown]>([
  ["a text that is none", "run", { ...GOOD.run, detail: {} }],
  ["an outcome that there is not", "run", { ...GOOD.run, outcome: "fine" }],
  ["a run that is none", "run", 7],
  ["a time that is none", "verified", { ...GOOD.verified, createdAt: "garbage" }],
  ["a day that there is not", "verified", { ...GOOD.verified, createdAt: "2026-13-41T03:00:00Z" }],
  ["a size that is none", "verified", { ...GOOD.verified, bytes: "much" }],
  ["a verified set that is not", "verified", { ...GOOD.verified, status: "degraded" }],
  ["a number that no set can have", "newest", { ...GOOD.newest, sequence: 1e300 }],
  ["a drill without its set", "drill", { at: AT, outcome: "passed", detail: "" }],
  ["a list that is none", "latest", {}],
])("does not hold %s, and the rest counts", (_, part, value) => {
  const { [part]: __, ...rest } = GOOD;
  expect(readBackupState({ ...GOOD, [part]: value })).toEqual({ ...rest, damaged: true });
});

it.each([[null], [[]], ["x"], [7]])("is damaged as a whole: %j", (raw) => {
  expect(readBackupState(raw)).toEqual({ damaged: true });
});

it("breaks no status, and never looks fresh, whatever stands in it", () => {
  const wrong = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(...Object.values(GOOD), AT, "9999-01-01T00:00:00Z"));
  const broken = fc.tuple(fc.constantFrom(...(Object.keys(GOOD) as (keyof typeof GOOD)[])), fc.string(), wrong).map(([part, key, value]) => ({ ...GOOD, [part]: { ...GOOD[part], [key in GOOD[part] ? key : (Object.keys(GOOD[part])[0] ?? key)]: value } }));
  fc.assert(
    fc.property(fc.oneof(broken, fc.record(Object.fromEntries(Object.keys(GOOD).map((part) => [part, wrong])), { requiredKeys: [] })), (raw) => {
      const state: BackupState = readBackupState(raw);
      const found = backupFindings(state, NOW, true);
      const line = backupLine(backupReport(true, "/b", state, NOW, NOW, shownLatest([ID], state.latest, state.run)));
      expect([typeof line, found.every(({ detail, remedy }) => typeof detail === "string" && typeof remedy === "string")]).toEqual(["string", true]);
      const age = NOW.getTime() - Date.parse((raw as typeof GOOD).verified?.createdAt);
      if (!(age >= -3_600_000 && age < 36 * 3_600_000) && Object.keys(raw).length > 0 && (state.run || state.damaged)) expect(found.map(({ id }) => id)).toContain("backup.overdue");
    }),
  );
});
