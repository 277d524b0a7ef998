import { expect, it } from "vitest";
import { counting, readCounters, startedAgain, writeCounters } from "../../src/health/counters.ts";

const NOW = 50_000_000;
const none = { boot: "b", failures: 0, restarts: [], told: false };
const damaged = { ...none, restarts: [NOW] };

it("reads what it wrote", () => {
  const counters = { boot: "b", failures: 2, restarts: [NOW - 1_000, NOW], told: true, startsBefore: 4 };
  expect(readCounters(writeCounters(counters), "b", NOW)).toEqual(counters);
});

it.each<[string, string | undefined, object]>([
  ["no file", undefined, none],
  ["another boot", '{"boot":"a","failures":9,"restarts":[1],"told":true}', none],
  ["an empty file", "", damaged],
  ["half a file", '{"boot":"b","fail', damaged],
  ["no object", "null", damaged],
  ["a count that is text", '{"boot":"b","failures":"2","restarts":[]}', damaged],
  ["a negative count", '{"boot":"b","failures":-1,"restarts":[]}', damaged],
  ["restarts that are none", '{"boot":"b","failures":1,"restarts":["x"]}', damaged],
  ["starts that are none", '{"boot":"b","failures":1,"restarts":[],"startsBefore":"x"}', damaged],
  ["a huge file", `{"boot":"b","failures":1,"restarts":[${"1,".repeat(20_000)}1]}`, damaged],
  ["restarts of the future and of yesterday", `{"boot":"b","failures":1,"restarts":[${NOW + 5},${NOW - 43_200_000},${NOW - 5}]}`, { ...none, failures: 1, restarts: [NOW - 5] }],
])("%s", (_, text, expected) => {
  expect(readCounters(text, "b", NOW)).toEqual(expected);
});

it.each<[string, (number | undefined)[], number]>([
  ["none", [4, 4, 4], 0],
  ["each", [4, 5, 9], 5],
  ["after somebody started it anew", [4, 0, 3], 3],
  ["where the manager was silent at first", [undefined, 4, 6], 2],
  ["where the manager is silent", [4, 9, undefined], 0],
])("counts how often the manager started it since it failed: %s", (_, restarts, expected) => {
  const counters = restarts.reduce((before, each) => counting(before, each), none as ReturnType<typeof readCounters>);
  expect([counters.failures, startedAgain(counters, restarts.at(-1))]).toEqual([3, expected]);
});

it("counts what was started before it failed anew for nothing", () => {
  expect(startedAgain(counting({ ...none, startsBefore: 1 }, 9), 9)).toBe(0);
});
