import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composeNotice } from "../../src/notify/message.ts";
import { NOTHING_TOLD, type NotifyState, readNotifyState, writeNotifyState } from "../../src/notify/state.ts";

const news = (...details: string[]) => details.map((detail) => ({ detail, remedy: "Mend it." }));

describe("a message", () => {
  it("says where, what, what to do, and what is over", () => {
    expect(composeNotice("host1", { news: news("Bad."), good: ["No longer: Old."], heldBack: 1 })).toBe("fortress on host1:\n✗ Bad.\n  → Mend it.\n✓ No longer: Old.\n1 earlier message was held back: openclaw fortress log");
  });

  it("is bounded, and says how much it leaves out", () => {
    const text = composeNotice("h".repeat(9_999), { news: Array.from({ length: 50 }, () => ({ detail: "d".repeat(9_999), remedy: "r".repeat(9_999) })), good: Array.from({ length: 50 }, () => "g".repeat(9_999)), heldBack: 0 });
    expect(text.length).toBeLessThanOrEqual(1_800);
    expect(composeNotice("h", { news: news("1", "2", "3", "4", "5", "6"), good: [], heldBack: 0 }).split("\n").at(-1)).toBe("and 2 more: /fortress status");
  });

  it.each<[string, string]>([
    ["a\nfortress on h: all is well", "a fortress on h: all is well"],
    ["\u001b[31mred\u202e", "?[31mred?"],
    ["@everyone @here", "＠everyone ＠here"],
    ["<!channel> <@U12>", "‹!channel› ‹＠U12›"],
    ["see https://evil.example/x", "see https: //evil.example/x"],
    ["half \ud83d", "half �"],
  ])("takes what an agent called something for text: %j", (hostile, shown) => {
    const text = composeNotice("h", { news: [{ detail: hostile, remedy: hostile }], good: [hostile], heldBack: 0 });
    expect(text).toBe(`fortress on h:\n✗ ${shown}\n  → ${shown}\n✓ ${shown}`);
  });
});

describe("what was told", () => {
  const AT = "2026-05-01T03:00:00.000Z";
  const STATE: NotifyState = { told: [{ key: "k", detail: "d", missingSince: AT }, { key: "l", detail: "d" }], sent: [AT], heldBack: 2, queue: [{ id: "i", text: "t", at: AT, attempts: 1, nextAt: AT }], failure: { at: AT, reason: "r" } };

  it("is read as it was written", () => {
    for (const state of [STATE, NOTHING_TOLD]) expect(readNotifyState(writeNotifyState(state))).toEqual(state);
  });

  it.each([{ ...STATE, version: 2 }, { ...STATE, version: 1, told: [{}] }, { ...STATE, version: 1, sent: ["soon"] }, { ...STATE, version: 1, heldBack: -1 }, { ...STATE, version: 1, queue: [{ ...STATE.queue[0], attempts: "1" }] }, { ...STATE, version: 1, failure: {} }, null])("is nothing where it says nothing that can be believed: %j", (value) => {
    expect(readNotifyState(JSON.stringify(value))).toEqual(NOTHING_TOLD);
  });

  it("never throws, whatever is there", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readNotifyState(text)));
  });
});
