import { expect, it } from "vitest";
import { readCounters, writeCounters } from "../../src/health/counters.ts";

const NOW = 50_000_000;
const none = { boot: "b", failures: 0, restarts: [], told: false };
const damaged = { ...none, restarts: [NOW] };

it("reads what it wrote", () => {
  const counters = { boot: "b", failures: 2, restarts: [NOW - 1_000, NOW], told: true };
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
  ["a huge file", `{"boot":"b","failures":1,"restarts":[${"1,".repeat(20_000)}1]}`, damaged],
  ["restarts of the future and of yesterday", `{"boot":"b","failures":1,"restarts":[${NOW + 5},${NOW - 43_200_000},${NOW - 5}]}`, { ...none, failures: 1, restarts: [NOW - 5] }],
])("%s", (_, text, expected) => {
  expect(readCounters(text, "b", NOW)).toEqual(expected);
});
