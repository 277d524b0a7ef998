import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLimit, formatSize, parseSize } from "../../src/model/units.ts";

const FACTORS = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
const unit = fc.constantFrom(...(Object.keys(FACTORS) as (keyof typeof FACTORS)[]));

describe("parseSize", () => {
  it("reads a whole number and one unit letter", () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 8191 }), unit, (count, letter) => parseSize(`${count}${letter}`) === count * FACTORS[letter]));
  });

  it("reads nothing else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/^\d+[bkmgt]$/.test(text));
        expect(parseSize(text)).toBeUndefined();
      }),
    );
  });

  it.each(["8gb", "8", "-1g", "1.5g", "", " 8g", "8g ", "8g\n", "0g", "0b", "8G", "8 g", "g", "+8g", "1e3m", "0x8g", "Infinityg", "٨g"])("does not read %j", (text) => {
    expect(parseSize(text)).toBeUndefined();
  });

  it.each(["8192t", "9007199254740992b", `${"9".repeat(400)}t`])("does not read %s, which no number holds exactly", (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});

describe("formatSize", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1.5 * 2 ** 20, "1.5 MiB"],
    [8 * 2 ** 30, "8 GiB"],
    [2 ** 50, "1024 TiB"],
  ])("shows %d bytes as %s", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});

describe("formatLimit", () => {
  it.each([
    ["memory", 2 ** 29, "512 MiB"],
    ["memorySwap", 2 ** 30, "1 GiB"],
    ["cpus", 1.5, "1.5"],
    ["cpus", 1 / 3, "0.33"],
    ["pids", 512, "512"],
    ["memory", Infinity, "unlimited"],
    ["pids", undefined, "unknown"],
  ] as const)("shows %s %s as %s", (name, value, text) => {
    expect(formatLimit(name, value)).toBe(text);
  });
});
