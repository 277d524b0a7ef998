import { expect, it } from "vitest";
import { createCpuRates } from "../../src/limits/rates.ts";

it("needs two looks, and is cores in between", () => {
  const rates = createCpuRates();
  expect(rates.cores("a", 10, 0)).toBeUndefined();
  expect(rates.cores("a", 13, 2_000)).toBe(1.5);
  expect(rates.cores("a", 13, 4_000)).toBe(0);
});

it("keeps the last rate for looks in quick succession, and their time counts for the next", () => {
  const rates = createCpuRates();
  rates.cores("a", 0, 0);
  expect(rates.cores("a", 0.5, 500)).toBeUndefined();
  expect(rates.cores("a", 2, 1_000)).toBe(2);
  expect(rates.cores("a", 2.9, 1_900)).toBe(2);
  expect(rates.cores("a", 3, 3_000)).toBe(0.5);
});

it("knows nothing where nothing was read, and is never negative", () => {
  const rates = createCpuRates();
  rates.cores("a", 5, 0);
  expect(rates.cores("a", undefined, 2_000)).toBeUndefined();
  expect(rates.cores("a", 4, 4_000)).toBe(0);
  expect(rates.cores("b", 4, 6_000)).toBeUndefined();
});

it("forgets the oldest of very many", () => {
  const rates = createCpuRates();
  for (let id = 0; id <= 1_000; id += 1) rates.cores(String(id), 1, id);
  expect(rates.cores("0", 9, 10_000)).toBeUndefined();
  expect(rates.cores("900", 1 + 9.1, 10_000)).toBe(1);
});
