import { expect, it } from "vitest";
import type { DiskMarks, ObservedDisk } from "../../src/model/sandbox.ts";
import { judgeDisk } from "../../src/reconcile/disk.ts";

const MIB = 2 ** 20;
const use: ObservedDisk = { bytes: 5 * MIB, files: 50, log: MIB };
const warn: DiskMarks = { bytes: 5 * MIB, files: 50, log: MIB };
const BEFORE = "disk: it was too much";

it.each<[string, ObservedDisk, DiskMarks, string | undefined, readonly RegExp[], string | RegExp | undefined]>([
  ["nothing at its marks", use, {}, undefined, [], undefined],
  ["more bytes", { ...use, bytes: 6 * MIB }, {}, undefined, [/take 6 MiB, more than disk\.warn\.size \(5 MiB\)$/], undefined],
  ["more files", { ...use, files: 51 }, {}, undefined, [/hold 51 files, more than disk\.warn\.files \(50\)$/], undefined],
  ["a longer log", { ...use, log: 2 * MIB }, {}, undefined, [/its log takes 2 MiB, more than disk\.warn\.log \(1 MiB\)$/], undefined],
  ["all three", { bytes: 6 * MIB, files: 51, log: 2 * MIB }, {}, undefined, [/6 MiB/, /51/, /2 MiB/], undefined],
  ["what freezes, and only that", { ...use, bytes: 9 * MIB, files: 51 }, { bytes: 8 * MIB }, undefined, [/9 MiB, more than disk\.freeze\.size \(8 MiB\)$/], /^disk: its writable directories take 9 MiB/],
  ["files that freeze", { ...use, files: 61 }, { files: 60 }, undefined, [/disk\.freeze\.files/], /^disk: .*61 files/],
  ["a log that freezes", { ...use, log: 9 * MIB }, { log: 8 * MIB }, undefined, [/disk\.freeze\.log/], /^disk: .*log takes 9 MiB/],
  ["what is known in part, if that is too much", { ...use, bytes: 9 * MIB, unseen: "x" }, { bytes: 8 * MIB }, undefined, [/at least 9 MiB/], /at least 9 MiB/],
  ["what is known in part, if that is not too much", { ...use, unseen: "x" }, { bytes: 8 * MIB }, undefined, [], undefined],
  ["what was frozen and takes less", use, { bytes: 8 * MIB }, BEFORE, [], undefined],
  ["what was frozen and is known in part", { ...use, unseen: "x" }, { bytes: 8 * MIB }, BEFORE, [], BEFORE],
  ["what was frozen and is not known", { bytes: undefined, files: undefined, log: undefined }, { bytes: 8 * MIB }, BEFORE, [], BEFORE],
  ["what was frozen and is not known, where nothing freezes any more", { ...use, unseen: "x" }, {}, BEFORE, [], undefined],
])("judges %s", (_, seen, freeze, before, high, frozen) => {
  const verdict = judgeDisk(seen, { warn, freeze }, before);
  expect(verdict.high).toEqual(high.map((each) => expect.stringMatching(each) as string));
  expect(verdict.frozen).toEqual(frozen instanceof RegExp ? expect.stringMatching(frozen) : frozen);
});
