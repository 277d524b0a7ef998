import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planRetention } from "../../src/backup/retention.ts";
import { setName } from "../../src/model/backup.ts";

type Candidate = Parameters<typeof planRetention>[0][number];

const KEEP = { daily: 7, weekly: 4, monthly: 6 };
const DAY_MS = 86_400_000;

function set(sequence: number, at: string | number, status: Candidate["status"] = "verified"): Candidate {
  const date = new Date(at);
  return { id: setName(sequence, date), sequence, createdAt: date.toISOString(), status };
}

/** One verified set a day, the last one on that day. */
function daily(days: number, last: string): Candidate[] {
  return Array.from({ length: days }, (_, index) => set(index + 1, Date.parse(last) - (days - 1 - index) * DAY_MS));
}

const kept = (sets: readonly Candidate[], keep = KEEP): string[] => planRetention(sets, keep).filter((each) => each.keep).map(({ id }) => id.slice(7, 17)).toSorted();

describe("a year of daily sets", () => {
  const year = daily(365, "2026-11-28T03:00:00Z");

  it("leaves seven days, the ends of four weeks and of six months", () => {
    expect(kept(year)).toEqual(["2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-08", "2026-11-15", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27", "2026-11-28"]);
  });

  it("says why of each", () => {
    const because = Object.fromEntries(planRetention(year, KEEP).map(({ id, because }) => [id.slice(7, 17), because.join("; ")]));
    expect(because["2026-11-28"]).toBe("one of the newest; the last of 2026-11-28 (daily 1 of 7); the last of 2026-W48 (weekly 1 of 4); the last of 2026-11 (monthly 1 of 6)");
    expect(because["2026-10-31"]).toBe("the last of 2026-10 (monthly 2 of 6)");
    expect(because["2026-10-30"]).toBe("no daily, weekly or monthly place is left for it");
  });
});

it("gives a week to the year that its Thursday is in", () => {
  const weeks = planRetention([set(1, "2026-12-31T03:00:00Z"), set(2, "2027-01-03T03:00:00Z"), set(3, "2027-01-04T03:00:00Z")], { daily: 1, weekly: 9, monthly: 0 }).flatMap(({ because }) => because.filter((each) => each.includes("-W")));
  expect(weeks).toEqual(["the last of 2027-W01 (weekly 1 of 9)", "the last of 2026-W53 (weekly 2 of 9)"]);
});

it("keeps those of one day that are the newest, and no more", () => {
  expect(planRetention([1, 2, 3, 4, 5].map((hour) => set(hour, `2026-11-28T0${hour}:00:00Z`)), KEEP).map(({ keep }) => keep)).toEqual([true, true, true, false, false]);
});

it("keeps a degraded set only while it is the newest of all", () => {
  const verified = daily(3, "2026-11-28T03:00:00Z");
  const newer = [...verified, set(4, "2026-11-29T03:00:00Z", "degraded"), set(5, "2026-11-30T03:00:00Z", "degraded")];
  expect(planRetention(newer, KEEP).map(({ keep }) => keep)).toEqual([true, false, true, true, true]);
  expect(planRetention([...newer, set(6, "2026-12-01T03:00:00Z")], KEEP).map(({ keep }) => keep)).toEqual([true, false, false, true, true, true]);
});

it("leaves what it can't read to somebody who looks", () => {
  expect(planRetention([set(1, "2020-01-01T00:00:00Z", "unreadable"), ...daily(3, "2026-11-28T03:00:00Z").map((each) => ({ ...each, sequence: each.sequence + 1 }))], { daily: 1, weekly: 0, monthly: 0 }).at(-1)).toMatchObject({ keep: true, because: [expect.stringContaining("by hand") as string] });
});

describe("whatever there is", () => {
  const status = fc.constantFrom<Candidate["status"]>("verified", "verified", "verified", "degraded", "unreadable");
  // The clock may have jumped anywhere between two sets.
  const sets = fc.array(fc.record({ at: fc.integer({ min: 0, max: 4_000 }), status }), { maxLength: 60 }).map((list) => list.map(({ at, status }, index) => set(index + 1, Date.UTC(2020, 0, 1) + at * 6 * 3_600_000, status)));
  const keep = fc.record({ daily: fc.integer({ min: 1, max: 9 }), weekly: fc.integer({ min: 0, max: 9 }), monthly: fc.integer({ min: 0, max: 9 }) });

  it("keeps the newest verified set, and no more of them than there are places", () => {
    fc.assert(
      fc.property(sets, keep, (list, places) => {
        const plan = new Map(planRetention(list, places).map((each) => [each.id, each]));
        const verified = list.filter((each) => each.status === "verified");
        const newest = verified.at(-1);
        if (newest) expect(plan.get(newest.id)!.keep).toBe(true);
        expect(verified.filter(({ id }) => plan.get(id)!.keep).length).toBeLessThanOrEqual(3 + places.daily + places.weekly + places.monthly);
        expect([...plan.values()].every(({ because }) => because.length > 0)).toBe(true);
      }),
    );
  });

  it("decides the same of verified sets with degraded ones among them as without", () => {
    fc.assert(
      fc.property(sets, keep, (list, places) => {
        const verified = list.filter((each) => each.status === "verified");
        const of = (all: readonly Candidate[]) => planRetention(all, places).filter(({ id }) => verified.some((each) => each.id === id));
        expect(of(list)).toEqual(planRetention(verified, places));
      }),
    );
  });

  it("finds nothing more to do once it is done", () => {
    fc.assert(
      fc.property(sets, keep, (list, places) => {
        const stay = new Set(planRetention(list, places).filter((each) => each.keep).map(({ id }) => id));
        expect(planRetention(list.filter(({ id }) => stay.has(id)), places).every((each) => each.keep)).toBe(true);
      }),
    );
  });
});
