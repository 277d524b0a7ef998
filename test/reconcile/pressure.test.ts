import { expect, it } from "vitest";
import { judgePressure, judgeThrottling, type PressureSample } from "../../src/reconcile/pressure.ts";

const MINUTE = 60_000;
/** One sample every five minutes. */
const samples = (oomKills: readonly (number | undefined)[], pidsHits: readonly (number | undefined)[] = []): PressureSample[] => oomKills.map((count, index) => ({ at: index * 5 * MINUTE, oomKills: count, pidsHits: pidsHits[index], throttled: undefined }));

it.each<[string, PressureSample[], number, RegExp[]]>([
  ["nothing", [], 0, []],
  ["one look, whatever was before it", samples([50]), 0, []],
  ["hits of one moment", samples([0, 40, 40]), 15, []],
  ["hits at two moments", samples([0, 2, 2, 5]), 15, [/killed 5 processes/]],
  ["hits too far apart", samples([0, 2, ...Array<number>(12).fill(2), 5]), 75, []],
  ["old ones", samples([0, 2, 5]), 75, []],
  ["the PID limit", samples([0, 0, 0], [1, 3, 9]), 10, [/hit 8 times/]],
  ["both", samples([0, 1, 2], [0, 1, 2]), 10, [/killed 2/, /hit 2/]],
  ["a gap that could not be read", samples([1, undefined, 9, undefined]), 15, []],
  ["a counter that began anew", samples([9, 0, 1, 2]), 15, [/killed 2/]],
])("judges %s", (_, seen, minutes, told) => {
  expect(judgePressure(seen, minutes * MINUTE)).toEqual(told.map((each) => expect.stringMatching(each) as string));
});

it.each<[string, readonly (number | undefined)[], string | undefined]>([
  ["what waits all the time", [0.6, 0.7, 0.71], "it had to wait for processors in 71 % of the time slices in which it had work"],
  ["what was looked at twice", [0.9, 0.9], undefined],
  ["what waits less", [0.9, 0.9, 0.4], undefined],
  ["what can't be read", [0.9, undefined, 0.9], undefined],
])("judges %s", (_, shares, told) => {
  expect(judgeThrottling(shares.map((throttled, index) => ({ at: index * 5 * MINUTE, oomKills: 0, pidsHits: 0, throttled })), 10 * MINUTE)).toBe(told);
});
