import { describe, expect, it } from "vitest";
import { FRESH, type LivenessFacts, type LivenessMemory, planLiveness } from "../../src/reconcile/liveness.ts";

const MINUTE = 60_000;
const NOW = 10 * 60 * MINUTE;
const HUNG: LivenessFacts = { answer: "hung", initStopped: false, busy: false };
const ALIVE: LivenessFacts = { answer: "alive", initStopped: false, busy: false };
const once: LivenessMemory = { failures: 1, restarts: [] };
const restarted = (...minutesAgo: number[]): LivenessMemory => ({ failures: 1, restarts: minutesAgo.map((minutes) => NOW - minutes * MINUTE) });

it.each<[string, LivenessMemory, LivenessFacts, string | undefined, number]>([
  ["nothing for one that answers", FRESH, ALIVE, undefined, 0],
  ["nothing, and forgets failures, for one that answers again", { failures: 5, restarts: [] }, ALIVE, undefined, 0],
  ["nothing where nothing is known, and forgets nothing", once, { ...HUNG, answer: "unknown" }, undefined, 1],
  ["wait at the first failure", FRESH, HUNG, "wait", 1],
  ["restart at the second", once, HUNG, "restart", 0],
  ["restart one whose commands fail", once, { ...HUNG, answer: "broken" }, "restart", 0],
  ["restart one whose first process stands still", once, { ...ALIVE, initStopped: true }, "restart", 0],
  ["wait while a command runs", { failures: 10, restarts: [] }, { ...HUNG, busy: true }, "wait", 11],
  ["restart beside a command with which nothing ran for an hour", { failures: 11, restarts: [] }, { ...HUNG, busy: true }, "restart", 0],
  ["wait soon after a restart", restarted(9), HUNG, "wait", 2],
  ["restart again after the back-off", restarted(10), HUNG, "restart", 0],
  ["wait longer after the second restart", restarted(40, 19), HUNG, "wait", 2],
  ["restart after that", restarted(40, 20), HUNG, "restart", 0],
  ["quarantine after three restarts within an hour", restarted(59, 40, 1), HUNG, "quarantine", 2],
  ["restart where one of three is longer ago", restarted(61, 40, 20), HUNG, "restart", 0],
])("does %s", (_, before, facts, what, failures) => {
  const { memory, remedy } = planLiveness(before, facts, NOW);
  expect([remedy?.do, memory.failures]).toEqual([what, failures]);
});

describe("a sandbox that never answers", () => {
  it("is restarted three times in an hour at most, further apart each time", () => {
    let memory = FRESH;
    const deeds: [number, string][] = [];
    for (let minutes = 0; minutes < 60; minutes += 5) {
      const plan = planLiveness(memory, HUNG, minutes * MINUTE);
      memory = plan.memory;
      if (plan.remedy && plan.remedy.do !== "wait") deeds.push([minutes, plan.remedy.do]);
    }
    expect(deeds).toEqual([[5, "restart"], [15, "restart"], [35, "restart"], [45, "quarantine"], [50, "quarantine"], [55, "quarantine"]]);
  });
});
