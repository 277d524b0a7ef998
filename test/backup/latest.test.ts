import { describe, expect, it } from "vitest";
import { describeLatest, shownLatest, wrongWith } from "../../src/backup/latest.ts";
import { type BackupState, type SetSummary, setName } from "../../src/model/backup.ts";

const KEEP = { daily: 7, weekly: 4, monthly: 12 };

/** One set a day from the first of November on. */
function made(day: number, more: Partial<SetSummary> = {}): SetSummary {
  const at = new Date(Date.UTC(2026, 10, day, 3));
  return { id: setName(day, at), sequence: day, createdAt: at.toISOString(), status: "verified", files: 3, databases: 1, bytes: 2 ** 20, encrypted: false, problems: [], tookMs: 1_500, ...more };
}

const SETS = Array.from({ length: 12 }, (_, index) => made(index + 1));
const NAMES = SETS.map(({ id }) => id);

describe("what a run writes down", () => {
  it("is the newest sets, each with what it holds and why it is kept", () => {
    const latest = describeLatest(SETS, KEEP);
    expect(latest.map(({ set }) => set)).toEqual(NAMES.toReversed().slice(0, 10));
    expect(latest[0]).toEqual({ set: NAMES[11], at: "2026-11-12T03:00:00.000Z", outcome: "verified", bytes: 2 ** 20, files: 3, databases: 1, tookMs: 1_500, encrypted: false, kept: ["one of the newest", "the last of 2026-11-12 (daily 1 of 7)", "the last of 2026-W46 (weekly 1 of 4)", "the last of 2026-11 (monthly 1 of 12)"] });
  });

  it("names what is wrong with a set, shortly", () => {
    const [unreadable, degraded] = describeLatest([made(1, { status: "degraded", problems: [{ path: "a.sqlite", kind: "locked", detail: "x".repeat(4_000) }] }), made(2, { status: "unreadable", detail: "its manifest is cut off", tookMs: 0, bytes: 0, files: 0, databases: 0 })], KEEP);
    expect(degraded).toMatchObject({ outcome: "degraded", detail: expect.stringMatching(/^a\.sqlite \(x+$/) as string });
    expect(degraded!.detail!.length).toBeLessThan(500);
    // No sizes of what could not be read.
    expect(Object.keys(unreadable!)).toEqual(["set", "at", "outcome", "detail", "kept"]);
  });
});

it("names a few problems and counts the rest, however many and long they are", () => {
  const problem = (path: string) => ({ path, kind: "locked" as const, detail: "x" });
  expect(wrongWith({ problems: ["p0", "p1", "p2", "p3", "p4"].map(problem) })).toBe("p0 (x), p1 (x), p2 (x), and 2 more");
  expect(wrongWith({ problems: Array.from({ length: 100_000 }, () => problem("p".repeat(4_096))) })!.length).toBeLessThan(500);
  expect(wrongWith({ problems: [], detail: "its manifest is cut off" })).toBe("its manifest is cut off");
  expect(wrongWith({ problems: [] })).toBeUndefined();
});

describe("what is shown", () => {
  const latest = describeLatest(SETS, KEEP);

  it("is what the last run found of the sets that are still there, and how many more there are", () => {
    const shown = shownLatest(NAMES.filter((name) => name !== NAMES[10]), latest, undefined);
    expect(shown.latest.slice(0, 9).map(({ set, outcome }) => [set, outcome])).toEqual([NAMES[11], ...NAMES.slice(2, 10).toReversed()].map((name) => [name, "verified"]));
    expect(shown).toMatchObject({ older: 1, latest: { length: 10 } });
  });

  it("claims nothing of a set that no run looked at", () => {
    expect(shownLatest([...NAMES, made(13).id], latest, undefined).latest[0]).toEqual({ set: made(13).id, at: "2026-11-13T03:00:00.000Z", outcome: "unseen", kept: [] });
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["no list", { length: 3 }],
    ["no entries", [null, 7, "x"]],
    ["other things", [{ ...latest[0], bytes: "<b>" }, { ...latest[1], more: 1 }]],
  ])("believes nothing that a file says where it says %s", (_, remembered) => {
    expect(shownLatest(NAMES.slice(-2), remembered as BackupState["latest"], undefined).latest.map(({ outcome }) => outcome)).toEqual(["unseen", "unseen"]);
  });

  it("begins with the last run, if it failed", () => {
    const run = { at: "2026-11-13T03:00:00.000Z", outcome: "failed", detail: "no space" } as const;
    expect(shownLatest(NAMES, latest, run).latest.slice(0, 2)).toMatchObject([{ at: run.at, outcome: "failed", detail: "no space", kept: [] }, { set: NAMES[11] }]);
    expect(shownLatest([], undefined, { ...run, outcome: "verified" })).toEqual({ latest: [], older: 0 });
  });
});
