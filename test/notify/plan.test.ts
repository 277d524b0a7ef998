import { describe, expect, it } from "vitest";
import { backupFindings } from "../../src/backup/findings.ts";
import type { Finding } from "../../src/model/finding.ts";
import { ATTEMPTS, claim, isNotable, planEvent, planFindings, settle } from "../../src/notify/plan.ts";
import { NOTHING_TOLD, type NotifyState } from "../../src/notify/state.ts";

const START = Date.parse("2026-05-01T03:00:00Z");
const MINUTE = 60_000;
const at = (minutes: number): Date => new Date(START + minutes * MINUTE);
const finding = (detail: string, overrides: Partial<Finding> = {}): Finding => ({ id: "a.b", severity: "critical", detail, remedy: "Mend it.", ...overrides });

/** What one after the other is seen, and which messages that makes. */
function telling(perHour = 6) {
  let state: NotifyState = NOTHING_TOLD;
  let count = 0;
  const frame = (minutes: number) => ({ now: at(minutes), perHour, where: "host1", newId: () => `id${(count += 1)}` });
  const taken = (next: NotifyState): string[] => {
    const texts = next.queue.slice(state.queue.length).map(({ text }) => text.split("\n").slice(1).join("|"));
    state = next;
    return texts;
  };
  return {
    see: (minutes: number, findings: readonly Finding[], complete = true) => taken(planFindings(state, findings, complete, frame(minutes))),
    event: (minutes: number, detail: string, good = false) => taken(planEvent(state, { detail, remedy: "", good }, frame(minutes))),
    state: () => state,
  };
}

it.each<[Partial<Finding>, boolean]>([
  [{ severity: "critical" }, true],
  [{ severity: "warn" }, false],
  [{ severity: "warn", id: "maintenance.failed" }, true],
  [{ severity: "warn", id: "maintenance.overdue" }, true],
  [{ severity: "warn", id: "backup.failed" }, true],
  [{ severity: "warn", id: "backup.degraded" }, true],
  [{ severity: "warn", id: "backup.afterwards-failed" }, true],
  // The daily maintenance makes it, and tells of it.
  [{ severity: "warn", id: "backup.drill-failed" }, false],
  [{ severity: "warn", id: "notify.failed" }, false],
])("tells of %j: %s", (overrides, told) => {
  expect(isNotable(finding("x", overrides))).toBe(told);
});

describe("findings", () => {
  it("are told once, and once more when they are over", () => {
    const { see } = telling();
    expect(see(0, [finding("Bad.")])).toEqual(["✗ Bad.|  → Mend it."]);
    expect(see(5, [finding("Bad.")])).toEqual([]);
    expect(see(10, [])).toEqual([]);
    expect(see(15, [])).toEqual(["✓ No longer: Bad."]);
    expect(see(20, [])).toEqual([]);
    expect(see(25, [finding("Bad.")])).toEqual(["✗ Bad.|  → Mend it."]);
  });

  it("are not over when they are missing once, or for a moment", () => {
    const { see } = telling();
    see(0, [finding("Bad.")]);
    expect([see(5, []), see(5.2, []), see(6, [finding("Bad.")]), see(30, [finding("Bad.")]), see(31, []), see(31.2, [])].flat()).toEqual([]);
  });

  it("are not over where more may be there than was looked at", () => {
    const { see } = telling();
    see(0, [finding("Bad.")]);
    expect([see(5, [], false), see(60, [], false)].flat()).toEqual([]);
    expect([see(65, []), see(69, [], false)].flat()).toEqual([]);
    expect(see(70, [])).toEqual(["✓ No longer: Bad."]);
  });

  it("are the same while only their numbers change, and several where they differ", () => {
    const { see } = telling();
    expect(see(0, [finding("sbx has 5.5 GiB.")])).toHaveLength(1);
    expect(see(5, [finding("sbx has 17 GiB.")])).toEqual([]);
    expect(see(10, [finding("sbx has 17 GiB."), finding("other has 1 GiB.")])).toEqual(["✗ other has 1 GiB.|  → Mend it."]);
  });

  it("are one message for a backup that is degraded night after night, and that was not taken elsewhere", () => {
    const { see } = telling();
    const night = (day: number): Finding[] =>
      backupFindings({ run: { at: `2026-05-0${day}T03:00:00.000Z`, outcome: "degraded", afterwards: "rclone ended with 1" }, newest: { id: `2026-05-0${day}T03-00-00Z`, sequence: day, status: "degraded", detail: "memory/x.sqlite (locked)" }, }, at(day * 1440), false);
    expect(see(0, night(1))).toEqual([expect.stringMatching(/^✗ The newest backup, .* lacks something: memory\/x\.sqlite.*✗ The backup of .* was not taken elsewhere: rclone ended with 1/)]);
    expect([see(1440, night(2)), see(2880, night(3))]).toEqual([[], []]);
    see(4300, []);
    expect(see(4320, [])).toEqual([expect.stringMatching(/^✓ No longer: The newest backup, .*✓ No longer: The backup of /)]);
  });

  it("are one message together", () => {
    expect(telling().see(0, [finding("One."), finding("Two."), finding("Note.", { severity: "warn" })])).toEqual(["✗ One.|  → Mend it.|✗ Two.|  → Mend it."]);
  });

  it("beyond the rate limit wait for the next message, and none is forgotten", () => {
    const { see } = telling(2);
    const seen: Finding[] = [];
    const messages = Array.from({ length: 14 }, (_, index) => {
      if (index < 6) seen.push(finding(`Bad ${"abcdef"[index]}.`));
      return see(index * 5, seen);
    });
    expect(messages.flatMap((texts, index) => texts.map((text) => [index * 5, text.match(/Bad ./g)!.join()]))).toEqual([[0, "Bad a"], [5, "Bad b"], [60, "Bad c,Bad d,Bad e,Bad f"]]);
  });

  it("are told again where the clock was set back, and not held back by what was sent tomorrow", () => {
    const { see } = telling(1);
    see(600, [finding("One.")]);
    expect(see(0, [finding("One."), finding("Two.")])).toEqual(["✗ Two.|  → Mend it."]);
  });

  it("leave a state that is bounded, whatever there is", () => {
    const { see, state } = telling(60);
    for (let index = 0; index < 50; index += 1) see(index, Array.from({ length: 30 }, (_, each) => finding(`${String.fromCharCode(97 + index % 26, 97 + each % 26, 97 + Math.floor(index / 26))} ${"x".repeat(5_000)}`)), false);
    expect([state().told.length, state().queue.length <= 20, JSON.stringify(state()).length < 2 ** 18]).toEqual([200, true, true]);
  });
});

describe("events", () => {
  it("are told each time, as good or as bad news", () => {
    const { event } = telling();
    expect([event(0, "It was restarted."), event(3, "It answers again.", true)].flat()).toEqual(["✗ It was restarted.", "✓ It answers again."]);
  });

  it("beyond the rate limit are counted in the next message", () => {
    const { event } = telling(1);
    event(0, "One.");
    expect([event(1, "Two."), event(2, "Three.")].flat()).toEqual([]);
    expect(event(61, "Four.")).toEqual(["✗ Four.|2 earlier messages were held back: openclaw fortress log"]);
    expect(event(122, "Five.")).toEqual(["✗ Five."]);
  });
});

describe("delivering", () => {
  const queued = (): NotifyState => planEvent(NOTHING_TOLD, { detail: "x", remedy: "" }, { now: at(0), perHour: 6, where: "h", newId: () => "id" });

  it("is tried three times, later and later, and then no more", () => {
    let state = queued();
    const tries: number[] = [];
    for (let minute = 0; minute < 2 * 24 * 60; minute += 5) {
      const claimed = claim(state, at(minute));
      if (claimed.due.length > 0) tries.push(minute);
      state = settle(claimed.state, claimed.due, new Map(claimed.due.map(({ id }) => [id, "down"])), at(minute));
    }
    expect([tries, tries.length, state.queue, state.failure?.reason]).toEqual([[0, 5, 20], ATTEMPTS, [], "down"]);
  });

  it("that dies in the middle is begun a bounded number of times, too", () => {
    let state = queued();
    let begun = 0;
    for (let minute = 0; minute < 2 * 24 * 60; minute += 5) {
      const claimed = claim(state, at(minute));
      begun += claimed.due.length;
      state = claimed.state;
    }
    expect([begun, state.queue]).toEqual([ATTEMPTS, []]);
  });

  it("is not begun for ever by a clock that goes back", () => {
    let state = queued();
    for (const minute of [0, -10, -20, -30, -40]) ({ state } = claim(state, at(minute)));
    expect([claim(state, at(-50)).due, state.queue]).toEqual([[], []]);
  });

  it("takes the message away and forgets the failure before", () => {
    const { state, due } = claim({ ...queued(), failure: { at: at(0).toISOString(), reason: "down" } }, at(1));
    expect(settle(state, due, new Map(), at(1))).toMatchObject({ queue: [] });
    expect(settle(state, due, new Map(), at(1)).failure).toBeUndefined();
  });

  it("keeps what came meanwhile", () => {
    const { state, due } = claim(queued(), at(1));
    const meanwhile = planEvent(state, { detail: "y", remedy: "" }, { now: at(1), perHour: 6, where: "h", newId: () => "id2" });
    expect(settle(meanwhile, due, new Map(), at(2)).queue.map(({ id }) => id)).toEqual(["id2"]);
  });

  it("gives up after a day without a way, and says so", () => {
    const { state, due } = claim(queued(), at(24 * 60));
    expect([due, state.queue, state.failure?.reason]).toEqual([[], [], "1 message could not be delivered within a day"]);
    expect(settle(state, due, new Map(), at(24 * 60))).toEqual(state);
  });

  it("does not wait for tomorrow where somebody set the clock back", () => {
    expect(claim(queued(), at(-600)).due).toHaveLength(1);
  });
});
