import { describe, expect, it } from "vitest";
import { type DueFacts, planRun } from "../../src/backup/due.ts";

const HOUR_MS = 3_600_000;
/** Local time, as the hour of the configuration is. */
const at = (text: string): Date => new Date(`2026-${text}`);
const facts = (overrides: Partial<DueFacts>): DueFacts => ({ now: at("11-28T12:00:00"), sinceRunMs: undefined, run: undefined, hour: 3, ...overrides });
const ran = (text: string, outcome: "verified" | "degraded" | "failed" = "verified") => ({ at: at(text).toISOString(), outcome });

it.each<[string, Partial<DueFacts>, boolean]>([
  ["none was ever made", {}, true],
  ["today's is made", { run: ran("11-28T03:00:10") }, false],
  ["yesterday's is made and today's hour has passed", { run: ran("11-27T03:00:10") }, true],
  ["yesterday's is made and the hour has not come", { now: at("11-28T02:59:00"), run: ran("11-27T03:00:10") }, false],
  ["the machine was off for days", { run: ran("11-20T03:00:10") }, true],
  ["one was made by hand after today's hour", { run: ran("11-28T11:00:00") }, false],
  ["one was made by hand before today's hour", { run: ran("11-28T02:00:00") }, true],
  ["the last one was degraded", { run: ran("11-28T03:00:10", "degraded") }, false],
  ["the last one failed just now", { run: ran("11-28T11:00:00", "failed") }, false],
  ["the last one failed hours ago", { run: ran("11-28T07:00:00", "failed") }, true],
  ["its time can't be read", { run: { at: "garbage", outcome: "verified" } }, true],
])("is due by the clock: %s", (_, overrides, due) => {
  expect(planRun(facts(overrides))).toMatchObject({ due, because: expect.stringMatching(/./) as string });
});

describe("a clock that jumps", () => {
  it("starts one run and not one for each day that it jumped over", () => {
    const jumped = facts({ now: at("12-28T12:00:00"), run: ran("11-28T03:00:10") });
    expect(planRun(jumped).due).toBe(true);
    expect(planRun({ ...jumped, sinceRunMs: HOUR_MS }).due).toBe(false);
  });

  it("backwards does not stop backups for as long as it went back", () => {
    const jumped = facts({ now: at("11-28T12:00:00"), run: ran("12-28T03:00:00") });
    expect(planRun(jumped).due).toBe(true);
    expect(planRun({ ...jumped, sinceRunMs: HOUR_MS }).due).toBe(false);
    expect(planRun({ ...jumped, sinceRunMs: 13 * HOUR_MS }).due).toBe(true);
  });
});

it("names the next one", () => {
  expect(planRun(facts({ now: at("11-28T02:00:00") })).next).toEqual(at("11-28T03:00:00"));
  expect(planRun(facts({})).next).toEqual(at("11-29T03:00:00"));
});
