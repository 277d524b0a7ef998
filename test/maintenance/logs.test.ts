import { expect, it } from "vitest";
import { judgeLogs } from "../../src/maintenance/logs.ts";

const MIB = 2 ** 20;

it.each<[string, number, number, string[]]>([
  ["within its size", 100 * MIB, 100 * MIB, []],
  ["with one long record more", 100 * MIB, 109 * MIB, []],
  ["that is not rotated", 100 * MIB, 120 * MIB, ["/l has 120 MiB and is not rotated at 100 MiB"]],
  ["that may grow beyond measure", 10 * 2 ** 30, 1, ["logging.maxFileBytes lets OpenClaw's log grow to 10 GiB, 6 times"]],
  ["that did grow beyond measure", 10 * 2 ** 30, 2 * 2 ** 30, ["logging.maxFileBytes lets OpenClaw's log grow to 10 GiB, 6 times", "/l has 2 GiB and is not rotated at 1 GiB"]],
])("judges a log %s", (_, maxFileBytes, bytes, said) => {
  expect(judgeLogs({ maxFileBytes, files: [{ path: "/l", bytes }] })).toEqual(said);
});
