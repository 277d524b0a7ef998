import { afterEach, expect, it, vi } from "vitest";
import { monotonicClock } from "../../src/edge/clock.ts";

afterEach(() => void vi.useRealTimers());

it.each([1, -1])("neither sees nor waits for the machine's clock when it jumps by %d days", async (days) => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const before = monotonicClock.now();
  const called = new Promise<number>((done) => monotonicClock.after(50, () => done(monotonicClock.now())));
  vi.setSystemTime(Date.now() + days * 86_400_000);
  const after = await called;
  expect([after - before >= 49, after - before < 60_000]).toEqual([true, true]);
});

it("does not call what was forgotten", async () => {
  const action = vi.fn();
  monotonicClock.after(1, action)();
  await new Promise((done) => setTimeout(done, 30));
  expect(action).not.toHaveBeenCalled();
});
