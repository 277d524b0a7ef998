import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maintenanceFindings } from "../../src/maintenance/findings.ts";
import { readRecord, writeRecord } from "../../src/maintenance/record.ts";
import type { MaintenanceRecord } from "../../src/model/maintenance.ts";

const AT = "2026-05-01T03:00:00.000Z";
const FINDING = { id: "secrets.leaked", severity: "critical", detail: "d", remedy: "r" } as const;
const RECORD: MaintenanceRecord = {
  since: AT,
  ranAt: AT,
  triedAt: AT,
  steps: [{ id: "leaks", at: AT, outcome: "found", detail: "x", findings: [FINDING] }, { id: "logs", at: AT, outcome: "failed", detail: "no.", findings: [] }],
  images: [{ engine: "podman", id: "a", ours: true, unusedSince: AT }, { engine: "docker", id: "b", ours: false }],
};

describe("the record of one run for the next", () => {
  it("is read as it was written", () => {
    expect(readRecord(writeRecord(RECORD))).toEqual(RECORD);
    const fresh: MaintenanceRecord = { since: AT, steps: [], images: [] };
    expect(readRecord(writeRecord(fresh))).toEqual(fresh);
  });

  it.each<[string, unknown]>([
    ["of a later version", { ...RECORD, version: 2 }],
    ["without its beginning", { version: 1, steps: [], images: [] }],
    ["with a time that is none", { ...RECORD, version: 1, ranAt: "soon" }],
    ["with a step that is none", { ...RECORD, version: 1, steps: [{ id: "x" }] }],
    ["with an outcome that is none", { ...RECORD, version: 1, steps: [{ ...RECORD.steps[0], outcome: "great" }] }],
    ["with a finding that is none", { ...RECORD, version: 1, steps: [{ ...RECORD.steps[0], findings: [{ id: 1 }] }] }],
    ["with an image that is none", { ...RECORD, version: 1, images: [{ id: "a" }] }],
    ["that is a number", 5],
  ])("says nothing when it is one %s", (_, value) => {
    expect(readRecord(JSON.stringify(value))).toBeUndefined();
  });

  it("never throws, whatever is there", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readRecord(text)));
    expect([readRecord(""), readRecord(writeRecord(RECORD).slice(0, -20)), readRecord(" ".repeat(2 ** 20 + 1))]).toEqual([undefined, undefined, undefined]);
  });

  it("is bounded, whatever files are called", () => {
    const long = { ...FINDING, detail: "\u0001".repeat(100_000), remedy: "\ud800".repeat(100_000) };
    const text = writeRecord({ ...RECORD, steps: Array.from({ length: 8 }, (_, index) => ({ ...RECORD.steps[0]!, id: `s${index}`, detail: "z".repeat(100_000), findings: Array.from({ length: 1_000 }, () => long) })) });
    expect(text.length).toBeLessThan(2 ** 19);
    expect(readRecord(text)?.steps[7]?.findings).toHaveLength(20);
  });
});

it("turns into findings: what it found, which step failed, and whether it is too long ago", () => {
  const found = (hours: number) => maintenanceFindings(RECORD, new Date(Date.parse(AT) + hours * 3_600_000)).map(({ id, detail }) => [id, detail]);
  const both = [["maintenance.failed", "The step logs of the daily maintenance failed: no."], ["secrets.leaked", "d"]];
  expect(found(29)).toEqual(both);
  expect(found(31)).toEqual([["maintenance.overdue", "The daily maintenance came to its end last on 2026-05-01."], ...both]);
  expect(maintenanceFindings({ since: AT, steps: [], images: [] }, new Date("2026-06-01"))).toMatchObject([{ id: "maintenance.overdue", detail: expect.stringContaining("never came to its end") as string, remedy: expect.stringContaining("openclaw fortress maintenance") as string }]);
});
