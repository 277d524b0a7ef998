import { describe, expect, it } from "vitest";
import { type HealingFacts, planHealing } from "../../src/health/plan.ts";
import type { Action, Liveness, UnitFacts } from "../../src/model/gateway.ts";

const MIN = 60_000;
const NOW = 100 * 60 * MIN;
const unit: UnitFacts = { name: "openclaw-gateway.service", active: "active", result: "success", pid: 42, group: "/user.slice/openclaw-gateway.service", invocation: undefined, exitStatus: undefined, restarts: 0, activeForMs: 60 * MIN, port: undefined };
const REFUSED: UnitFacts = { ...unit, active: "failed", pid: 0, group: "", exitStatus: 78, activeForMs: undefined };
const saying = (liveness: Liveness) => ({ liveness, because: "So it is." });
/** A gateway that has given no answer three times, and that nothing keeps from being restarted. */
const down: HealingFacts = { answer: saying("down"), failures: 3, unit, passing: undefined, startedAgain: 0, work: { running: undefined, uncleanStarts: 0 }, settings: { restart: true, graceMs: 5 * MIN }, restarts: [], now: NOW };
const ago = (...minutes: number[]) => minutes.map((each) => NOW - each * MIN);

it.each<[string, Partial<HealingFacts>, Action, RegExp]>([
  ["the third failure", {}, "restart", /^So it is\.$/],
  ["the second failure", { failures: 2 }, "wait", /2 of 3 failures/],
  ["life", { answer: saying("live"), failures: 0 }, "none", /./],
  ["somebody else on the port", { answer: saying("foreign"), failures: 9 }, "leave", /So it is/],
  ["no service manager", { unit: undefined, failures: 9 }, "leave", /No service manager/],
  ["a deliberate stop", { unit: { ...unit, active: "inactive", pid: 0, activeForMs: undefined }, failures: 99 }, "leave", /until somebody starts it/],
  ["a refused configuration", { unit: REFUSED }, "leave", /exit code 78/],
  ["a state that it could not get hold of", { unit: REFUSED, passing: "its lease was lost" }, "restart", /^So it is\. OpenClaw did not start \(exit code 78\).*its lease was lost\.$/],
  ["the same for the second time", { unit: REFUSED, passing: "its lease was lost", failures: 2 }, "wait", /2 of 3 failures/],
  ["the same right after a restart", { unit: REFUSED, passing: "its lease was lost", restarts: ago(9) }, "diagnose", /next restart comes 10 min/],
  ["the same while somebody has it", { unit: REFUSED, passing: "its lease was lost", work: { running: "OpenClaw works on its state.", uncleanStarts: 0 } }, "leave", /works on its state/],
  ["a crash that systemd gave up on", { unit: { ...unit, active: "failed", result: "start-limit-hit", pid: 0, exitStatus: 1, activeForMs: undefined } }, "restart", /./],
  ["an old exit code of a running unit", { unit: { ...unit, exitStatus: 78 } }, "restart", /./],
  ["an update", { work: { running: "An update of OpenClaw runs (activating).", uncleanStarts: 0 }, failures: 99 }, "leave", /An update of OpenClaw runs/],
  ["an update that can't be ruled out", { work: undefined, failures: 99 }, "leave", /can't be seen/],
  ["systemd starting it", { unit: { ...unit, active: "activating", restarts: 4, activeForMs: undefined }, failures: 9 }, "wait", /activating, 4 restarts/],
  ["systemd starting it for the third time since", { unit: { ...unit, active: "activating", restarts: 7, activeForMs: undefined }, startedAgain: 3 }, "diagnose", /^So it is\. systemd started openclaw-gateway\.service again 3 times since it began to fail, and goes on\.$/],
  ["the same at the second failure", { unit: { ...unit, active: "activating", restarts: 7, activeForMs: undefined }, startedAgain: 9, failures: 2 }, "wait", /activating/],
  ["systemd starting it for the second time since", { unit: { ...unit, active: "activating", restarts: 7, activeForMs: undefined }, startedAgain: 2, failures: 9 }, "wait", /activating/],
  ["a start a minute ago, the third since", { unit: { ...unit, activeForMs: MIN }, startedAgain: 3 }, "diagnose", /again 3 times since/],
  ["a start that it speaks of, the third since", { answer: saying("starting"), unit: { ...unit, activeForMs: MIN }, startedAgain: 3 }, "diagnose", /again 3 times since/],
  ["a start long ago, the third since", { startedAgain: 3 }, "restart", /./],
  ["draining after many starts", { answer: saying("draining"), startedAgain: 9 }, "wait", /3 of 10 failures/],
  ["an update after many starts", { work: { running: "An update of OpenClaw runs (activating).", uncleanStarts: 0 }, startedAgain: 9 }, "leave", /An update/],
  ["systemd stopping it after many starts", { unit: { ...unit, active: "deactivating", activeForMs: undefined }, startedAgain: 9, failures: 9 }, "wait", /deactivating/],
  ["systemd stopping it", { unit: { ...unit, active: "deactivating", activeForMs: undefined }, failures: 9 }, "wait", /deactivating/],
  ["a start two minutes ago", { unit: { ...unit, activeForMs: 2 * MIN }, failures: 9 }, "wait", /has 5 min to answer/],
  ["a silent start five minutes ago", { unit: { ...unit, activeForMs: 5 * MIN } }, "restart", /./],
  ["a start that it speaks of", { answer: saying("starting"), unit: { ...unit, activeForMs: 14 * MIN }, failures: 9 }, "wait", /has 15 min/],
  ["a start that never ends", { answer: saying("starting"), unit: { ...unit, activeForMs: 15 * MIN } }, "restart", /./],
  ["draining", { answer: saying("draining"), failures: 9 }, "wait", /9 of 10 failures/],
  ["draining for half an hour", { answer: saying("draining"), failures: 10 }, "restart", /./],
  ["a gateway that is not to be restarted", { settings: { restart: false, graceMs: 0 } }, "diagnose", /health\.restart is false/],
  ["two unclean starts", { work: { running: undefined, uncleanStarts: 2 } }, "diagnose", /crash-loop breaker/],
  ["one unclean start", { work: { running: undefined, uncleanStarts: 1 } }, "restart", /./],
])("%s", (_, facts, action, because) => {
  const decision = planHealing({ ...down, ...facts });
  expect(decision).toMatchObject({ action, because: expect.stringMatching(because) as string });
});

it.each<[string, Partial<HealingFacts>, true | undefined]>([
  ["a deliberate stop", { unit: { ...unit, active: "inactive", pid: 0, activeForMs: undefined } }, true],
  ["an update", { work: { running: "An update of OpenClaw runs (activating).", uncleanStarts: 0 } }, true],
  ["no service manager", { unit: undefined }, undefined],
  ["a refused configuration", { unit: REFUSED }, undefined],
  ["an update that can't be ruled out", { work: undefined }, undefined],
  ["somebody else on the port", { answer: saying("foreign") }, undefined],
  ["the third failure", {}, undefined],
  ["a start two minutes ago", { unit: { ...unit, activeForMs: 2 * MIN } }, undefined],
])("knows whether somebody means it: %s", (_, facts, meant) => {
  expect(planHealing({ ...down, ...facts }).meant).toBe(meant);
});

describe("restarts before", () => {
  it.each<[string, number[], Action]>([
    ["one, nine minutes ago", ago(9), "diagnose"],
    ["one, ten minutes ago", ago(10), "restart"],
    ["two, the last 19 minutes ago", ago(40, 19), "diagnose"],
    ["two, the last 20 minutes ago", ago(40, 20), "restart"],
    ["three within the hour", ago(59, 50, 45), "diagnose"],
    ["three, the last 39 minutes ago", ago(120, 80, 39), "diagnose"],
    ["three, the last 40 minutes ago", ago(120, 80, 40), "restart"],
    ["eight within twelve hours, the last 239 minutes ago", ago(719, 700, 690, 680, 670, 660, 650, 239), "diagnose"],
    ["eight within twelve hours, the last four hours ago", ago(719, 700, 690, 680, 670, 660, 650, 240), "restart"],
    ["many, half a day ago", ago(...Array.from({ length: 40 }, (_, i) => 720 + i)), "restart"],
  ])("%s", (_, restarts, action) => {
    expect(planHealing({ ...down, restarts }).action).toBe(action);
  });

  it("says that it did not help", () => {
    expect(planHealing({ ...down, restarts: ago(59, 50, 45) }).because).toMatch(/3 times within an hour, which did not help/);
  });
});

it("never restarts more than three times within any hour, however long a gateway stays down", () => {
  const restarts: number[] = [];
  for (let now = NOW; now < NOW + 48 * 60 * MIN; now += 3 * MIN) if (planHealing({ ...down, restarts: [...restarts], now }).action === "restart") restarts.push(now);
  expect(restarts.length).toBeGreaterThan(5);
  for (const at of restarts) expect(restarts.filter((other) => other >= at && other < at + 60 * MIN).length).toBeLessThanOrEqual(3);
});
