import { expect, it } from "vitest";
import { createDaily } from "../../../src/flows/maintenance/daily.ts";

/** A day in which time passes when it is told to. */
function world(run: (signal: AbortSignal) => Promise<string | undefined>) {
  const timers: { at: number; action: () => void }[] = [];
  const state = { now: 0, due: true, begun: 0, beginFails: false };
  const clock = {
    now: () => state.now,
    after(ms: number, action: () => void) {
      const timer = { at: state.now + ms, action };
      timers.push(timer);
      return () => void (timers.includes(timer) && timers.splice(timers.indexOf(timer), 1));
    },
  };
  const maintenance = {
    async begin() {
      state.begun += 1;
      if (state.beginFails) throw new Error("disk is gone");
    },
    isDue: () => state.due,
  };
  const daily = createDaily(clock, maintenance, run);
  const pass = async (ms: number): Promise<void> => {
    const end = state.now + ms;
    for (;;) {
      timers.sort((left, right) => left.at - right.at);
      const next = timers[0];
      if (!next || next.at > end) break;
      timers.shift();
      state.now = next.at;
      next.action();
      await new Promise((resolve) => setImmediate(resolve));
    }
    state.now = end;
  };
  return { daily, state, pass, timers };
}

const MINUTE = 60_000;

it("looks whether it is due soon after the start, then every ten minutes, and does it when it is", async () => {
  let runs = 0;
  const { daily, state, pass } = world(async () => void (runs += 1));
  daily.start();
  expect(state.begun).toBe(0);
  await pass(MINUTE);
  expect([state.begun, runs]).toEqual([1, 1]);
  state.due = false;
  await pass(60 * MINUTE);
  expect([state.begun, runs]).toEqual([7, 1]);
});

it("does not begin it anew while it is under way", async () => {
  const ends: (() => void)[] = [];
  const { daily, pass } = world(() => new Promise((resolve) => ends.push(() => resolve(undefined))));
  daily.start();
  await pass(120 * MINUTE);
  expect(ends).toHaveLength(1);
});

it("says why it did not come to its end, until it does", async () => {
  const answers: (string | undefined)[] = ["the disk is full", undefined];
  const { daily, pass } = world(async () => answers.shift());
  daily.start();
  await pass(MINUTE);
  expect(daily.findings()).toMatchObject([{ id: "maintenance.failed", severity: "warn", detail: "The daily maintenance did not come to its end: the disk is full" }]);
  await pass(10 * MINUTE);
  expect(daily.findings()).toEqual([]);
});

it("takes an error for a failure and goes on, and lets none out", async () => {
  const { daily, state, pass } = world(() => Promise.reject(new Error("spawn EAGAIN")));
  daily.start();
  await pass(MINUTE);
  expect(daily.findings()).toMatchObject([{ detail: expect.stringContaining("spawn EAGAIN") as string }]);
  state.beginFails = true;
  await pass(10 * MINUTE);
  expect([state.begun, daily.findings()]).toEqual([2, [expect.objectContaining({ detail: expect.stringContaining("disk is gone") as string })]]);
});

it("ends what is under way when it is stopped, and begins nothing after that", async () => {
  const signals: AbortSignal[] = [];
  const { daily, pass, timers } = world((signal) => (signals.push(signal), new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined)))));
  daily.start();
  await pass(MINUTE);
  daily.stop();
  await pass(60 * MINUTE);
  expect([signals.map(({ aborted }) => aborted), timers]).toEqual([[true], []]);
});
