import fc from "fast-check";
import { expect, it } from "vitest";
import type { Form } from "../../src/secrets/forms.ts";
import { createSearcher } from "../../src/secrets/searcher.ts";

const form = (text: string, name = text): Form => ({ name, form: "plain", text });
const names = (forms: readonly Form[], chunks: readonly Uint8Array[]): string[] => {
  const search = createSearcher(forms)();
  for (const chunk of chunks) search.push(chunk);
  return search.found().map(({ name }) => name).sort();
};

it("finds exactly what is there, however the bytes are cut", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "é", "\0"), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.uniqueArray(letters, { maxLength: 6 }), fc.array(letters, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (needles, words, size) => {
      const text = words.join("");
      const bytes = Buffer.from(text);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
      expect(names(needles.map((needle) => form(needle)), chunks)).toEqual(needles.filter((needle) => text.includes(needle)).sort());
    }),
    { numRuns: 2_000 },
  );
});

it("starts anew for each stream", () => {
  const start = createSearcher([form("needle")]);
  start().push(Buffer.from("nee"));
  const second = start();
  second.push(Buffer.from("dle"));
  expect(second.found()).toEqual([]);
});

it("tells long values of one kind apart", () => {
  const pem = (middle: string): string => `-----BEGIN PRIVATE KEY-----\n${"M".repeat(60)}${middle}${"Q".repeat(60)}\n-----END PRIVATE KEY-----\n`;
  const forms = [form(pem("first"), "FIRST"), form(pem("other"), "OTHER")];
  expect(names(forms, [Buffer.from(pem("first"))])).toEqual(["FIRST"]);
  expect(names(forms, [Buffer.from(pem("third"))])).toEqual([]);
});

it("searches for nothing when there is nothing to find", () => {
  expect(names([], [Buffer.from("anything")])).toEqual([]);
});
