import { expect, it } from "vitest";
import { sourceSignature, type SourceStats } from "../../src/backup/reuse.ts";

const NOW = 1_000_000_000_000n;
const OLD: SourceStats = { dev: 1, ino: 2, size: 3, mtimeNs: NOW - 5_000_000_000n, ctimeNs: NOW - 5_000_000_000n };

it("is the same for what nobody touched", () => {
  expect(sourceSignature([OLD, undefined], NOW)).toBe(sourceSignature([{ ...OLD }, undefined], NOW + 1n));
});

it.each<[string, Partial<SourceStats>]>([
  ["size", { size: 4 }],
  ["inode", { ino: 9 }],
  ["modification", { mtimeNs: OLD.mtimeNs + 1n }],
  ["change of anything else", { ctimeNs: OLD.ctimeNs + 1n }],
])("changes with its %s", (_, change) => {
  expect(sourceSignature([{ ...OLD, ...change }], NOW)).not.toBe(sourceSignature([OLD], NOW));
});

it("tells a log that came, went or grew", () => {
  const three = [[OLD, undefined], [OLD, OLD], [OLD, { ...OLD, size: 9 }]].map((stats) => sourceSignature(stats, NOW));
  expect(new Set(three).size).toBe(3);
});

it("is none where a change could go unnoticed", () => {
  expect(sourceSignature([{ ...OLD, ctimeNs: NOW - 1_000_000n }], NOW)).toBeUndefined();
  expect(sourceSignature([OLD, { ...OLD, mtimeNs: NOW - 1_000_000n }], NOW)).toBeUndefined();
  expect(sourceSignature([{ ...OLD, mtimeNs: NOW + 10n ** 12n }], NOW)).toBeUndefined();
});
