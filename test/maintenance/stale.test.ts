import { expect, it } from "vitest";
import { isForgotten, planStale, type StaleFacts } from "../../src/maintenance/stale.ts";

const DAY = 86_400_000;
const NOW = Date.parse("2026-05-20T00:00:00Z");
const OLD: StaleFacts = { container: { name: "sbx", running: false, stoppedMs: NOW - 8 * DAY }, known: new Set(["other"]), days: 7, now: NOW };

it("removes what OpenClaw forgot and what is stopped for long", () => {
  expect(planStale(OLD)).toEqual({ remove: true, because: "OpenClaw does not know it any more, and it is stopped since 2026-05-12" });
});

it.each<[string, Partial<StaleFacts>, string]>([
  ["OpenClaw knows", { known: new Set(["sbx"]) }, "OpenClaw knows it"],
  ["nobody could be asked about", { known: undefined }, "OpenClaw's registry could not be read"],
  ["runs", { container: { ...OLD.container, running: true } }, "it runs"],
  ["is paused", { container: { ...OLD.container, paused: true } }, "it runs"],
  ["stopped not long ago", { container: { ...OLD.container, stoppedMs: NOW - 6 * DAY } }, "it is stopped for less than 7 days"],
  ["stops tomorrow", { container: { ...OLD.container, stoppedMs: NOW + DAY } }, "it is stopped for less than 7 days"],
  ["stopped nobody knows when", { container: { name: "sbx", running: false } }, "the engine does not say since when it is stopped"],
])("keeps what %s", (_, facts, because) => {
  expect(planStale({ ...OLD, ...facts })).toEqual({ remove: false, because });
});

it.each<[string, string | undefined, Partial<Parameters<typeof isForgotten>[0]>, boolean]>([
  ["what runs and OpenClaw forgot", String(NOW - DAY), {}, true],
  ["what runs and nobody says since when", undefined, {}, true],
  ["what says nonsense of that", "soon", {}, true],
  ["no container that was made just now", String(NOW - 60_000), {}, false],
  ["none that OpenClaw knows", String(NOW - DAY), { known: new Set(["sbx"]) }, false],
  ["none that nobody could be asked about", String(NOW - DAY), { known: undefined }, false],
  ["none that does not run", String(NOW - DAY), { container: { name: "sbx", running: false, labels: {} } }, false],
])("takes for forgotten %s", (_, createdAt, facts, forgotten) => {
  const labels: Record<string, string> = createdAt === undefined ? {} : { "openclaw.createdAtMs": createdAt };
  expect(isForgotten({ container: { name: "sbx", running: true, labels }, known: new Set(["other"]), now: NOW, ...facts })).toBe(forgotten);
});
