import { afterEach, describe, expect, it, vi } from "vitest";
import { isDue, isStepDue, overdueSince } from "../../src/maintenance/schedule.ts";

const at = (text: string): Date => new Date(`2026-${text}:00`);
const iso = (text: string): string => at(text).toISOString();

afterEach(() => vi.unstubAllEnvs());

describe("a day's run at three", () => {
  it.each<[string, { since: string; ranAt?: string; triedAt?: string }, string, boolean]>([
    ["is not due on the day on which somebody came after it", { since: iso("05-01T12:00") }, "05-02T02:59", false],
    ["is due from its hour on", { since: iso("05-01T12:00") }, "05-02T03:00", true],
    ["is due later where the machine was off", { since: iso("05-01T12:00") }, "05-02T21:00", true],
    ["is not due twice", { since: iso("05-01T12:00"), ranAt: iso("05-02T03:10") }, "05-03T02:00", false],
    ["is due again on the next day", { since: iso("05-01T12:00"), ranAt: iso("05-02T21:00") }, "05-03T03:05", true],
    ["is one run after a week, and then none", { since: iso("05-01T12:00"), ranAt: iso("05-09T11:00") }, "05-09T11:10", false],
    ["is not tried all the time where it does not come to its end", { since: iso("05-01T12:00"), triedAt: iso("05-02T03:00") }, "05-02T03:30", false],
    ["is tried again after an hour", { since: iso("05-01T12:00"), triedAt: iso("05-02T03:00") }, "05-02T04:01", true],
    ["is due when it ran tomorrow, because somebody set the clock", { since: iso("05-01T12:00"), ranAt: iso("05-05T03:00"), triedAt: iso("05-05T03:00") }, "05-03T02:00", true],
    ["is not due for ever after that", { since: iso("05-09T12:00"), ranAt: iso("05-03T03:00") }, "05-03T09:00", false],
  ])("%s", (_, record, now, due) => {
    expect(isDue(record, at(now), 3)).toBe(due);
  });

  it("is one a day at most, through a whole year with its changes of the clock", () => {
    vi.stubEnv("TZ", "Europe/Berlin");
    let ranAt = iso("01-01T03:00");
    let runs = 0;
    for (let now = at("01-01T03:10").getTime(); now < at("12-31T23:00").getTime(); now += 10 * 60_000) {
      if (!isDue({ since: iso("01-01T00:00"), ranAt }, new Date(now), 3)) continue;
      ranAt = new Date(now).toISOString();
      runs += 1;
    }
    expect([runs, new Date(2026, 6, 1).getTimezoneOffset()]).toEqual([364, -120]);
  });
});

it.each<[string, { since: string; ranAt?: string }, string | undefined]>([
  ["a day and a night ago", { since: iso("05-01T00:00"), ranAt: iso("05-02T04:00") }, undefined],
  ["longer ago", { since: iso("05-01T00:00"), ranAt: iso("05-02T02:00") }, iso("05-02T02:00")],
  ["never, for long", { since: iso("05-01T00:00") }, iso("05-01T00:00")],
  ["never, but not for long", { since: iso("05-03T00:00") }, undefined],
])("is overdue or not: %s", (_, record, since) => {
  expect(overdueSince(record, at("05-03T09:00"))).toBe(since);
});

it.each([
  [7, undefined, true],
  [7, iso("04-26T03:30"), true],
  [7, iso("04-27T03:30"), false],
  [7, iso("06-01T00:00"), true],
])("does a step of every %s days that was done at %s: %s", (days, last, due) => {
  expect(isStepDue(days, last, at("05-03T03:00"))).toBe(due);
});
