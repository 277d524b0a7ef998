import { expect, it } from "vitest";
import { judgePressure, type PressureSample } from "../../src/reconcile/pressure.ts";

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
