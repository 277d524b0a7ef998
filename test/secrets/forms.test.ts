import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import { formsOf, isSearchable, MIN_SEARCHED } from "../../src/secrets/forms.ts";

const texts = (value: string): string[] => formsOf("KEY", new Secret(value)).map(({ text }) => text);
const value = fc.oneof(fc.string({ minLength: MIN_SEARCHED }), fc.string({ unit: "binary", minLength: MIN_SEARCHED })).filter((text) => text.length >= MIN_SEARCHED && text.isWellFormed());

describe("a value is known by what encoders make of it", () => {
  it.each<[string, (value: string) => string]>([
    ["itself", (text) => `a${text}b`],
    ["JSON", (text) => JSON.stringify({ k: `a${text}b` })],
    ["a URL", (text) => `https://x/?k=${encodeURIComponent(text)}&b`],
    ["a URL in lower case", (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase())],
    ["a strict URL", (text) => encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)],
    ["a URL of Python", (text) => encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll("%2F", "/")],
    ["JSON in ASCII", (text) => JSON.stringify(text).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)],
    ["hex", (text) => Buffer.from(`a${text}b`).toString("hex")],
    ["HEX", (text) => Buffer.from(`a${text}b`).toString("hex").toUpperCase()],
    ["a shell's single quotes", (text) => `X='${text.replaceAll("'", "'\\''")}'`],
    ...["", "a", "ab", "abc"].flatMap((before): [string, (value: string) => string][] => [
      [`base64 behind "${before}"`, (text) => Buffer.from(`${before}${text}`).toString("base64")],
      [`base64 behind "${before}" and before something`, (text) => Buffer.from(`${before}${text}\nmore`).toString("base64")],
      [`base64url behind "${before}"`, (text) => Buffer.from(`${before}${text}`).toString("base64url")],
    ]),
  ])("%s", (_, encode) => {
    fc.assert(
      fc.property(value, (text) => {
        const encoded = encode(text);
        expect(texts(text).some((form) => encoded.includes(form))).toBe(true);
      }),
    );
  });

  it("with no form so short that it occurs by chance", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(isSearchable(new Secret(text))).toBe(text.length >= MIN_SEARCHED);
        if (text.length < MIN_SEARCHED) expect(texts(text)).toEqual([]);
        for (const form of texts(text)) expect(form.length).toBeGreaterThanOrEqual(MIN_SEARCHED);
      }),
    );
  });

  it("names each text once, by its plainest name, longest first", () => {
    const forms = formsOf("KEY", new Secret("abcdefgh"));
    expect(forms.filter(({ text }) => text === "abcdefgh")).toEqual([{ name: "KEY", form: "plain", text: "abcdefgh" }]);
    expect(new Set(forms.map(({ text }) => text)).size).toBe(forms.length);
    expect(forms.map(({ text }) => text.length)).toEqual(forms.map(({ text }) => text.length).sort((a, b) => b - a));
  });
});
