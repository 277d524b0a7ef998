import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import { createMasker } from "../../src/secrets/mask.ts";

const VALUE = "canary+1/2 (x)*";
const masker = () => {
  const made = createMasker();
  made.learn(new Map([["KEY", new Secret(VALUE)], ["SHORT", new Secret("true")], ["EMPTY", new Secret("")], ["LONGER", new Secret(`${VALUE}-and-more`)]]));
  return made;
};

describe("text", () => {
  it.each([
    [`a ${VALUE} b ${VALUE}`, "a [secret KEY] b [secret KEY]"],
    [`${VALUE}-and-more`, "[secret LONGER]"],
    [JSON.stringify(VALUE), '"[secret KEY]"'],
    [encodeURIComponent(VALUE), "[secret KEY]"],
    [Buffer.from(VALUE).toString("hex"), "[secret KEY]"],
    ["true or false, and nothing else", "true or false, and nothing else"],
    ["", ""],
  ])("%j becomes %j", (text, masked) => {
    expect(masker().text(text)).toBe(masked);
  });

  it("is left alone when nothing is known", () => {
    expect(createMasker().text("anything")).toBe("anything");
  });

  it("with a rotated key is masked, as long as its command may still run", () => {
    const made = masker();
    expect(made.learn(new Map([["KEY", new Secret("rotated-value")]]))).toHaveLength(1);
    expect(made.learn(new Map([["KEY", new Secret("rotated-value")]]))).toEqual([]);
    expect(made.text(`${VALUE} rotated-value`)).toBe("[secret KEY] [secret KEY]");
  });

  it("keeps a bounded number of values, the newest", () => {
    const made = createMasker();
    const learn = (index: number): unknown => made.learn(new Map([["KEY", new Secret(`value-${String(index).padStart(4, "0")}`)]]));
    for (let index = 0; index < 512; index += 1) learn(index);
    expect([made.hasForgotten(), made.text("value-0000")]).toEqual([false, "[secret KEY]"]);
    for (let index = 512; index < 600; index += 1) learn(index);
    expect(made.hasForgotten()).toBe(true);
    expect(made.text("value-0599 value-0100")).toBe("[secret KEY] [secret KEY]");
    expect(made.text("value-0001")).toBe("value-0001");
  });

  it("never shows a value, whatever it holds and whatever stands around it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (value, before, after) => {
        const made = createMasker();
        made.learn(new Map([["K", new Secret(value)]]));
        // By something in place of the mark: what stands around it may be halves of the value.
        expect(made.text(before + value + after).replaceAll("[secret K]", "\0")).not.toContain(value);
      }),
      { examples: [["abcdefgh", "abcd", "efgh"]] },
    );
  });
});

describe("data", () => {
  it("is masked in every string, keys included, and else kept", () => {
    const input = { content: [{ type: "text", text: `x${VALUE}` }], details: { aggregated: VALUE, [VALUE]: 1, n: 7, ok: true, none: null, nothing: undefined } };
    const before = structuredClone(input);
    expect(masker().data(input)).toEqual({ content: [{ type: "text", text: "x[secret KEY]" }], details: { aggregated: "[secret KEY]", "[secret KEY]": 1, n: 7, ok: true, none: null, nothing: undefined } });
    expect(input).toEqual(before);
  });

  it("that is too deep to be looked through is not shown", () => {
    let deep: unknown = VALUE;
    for (let level = 0; level < 50; level += 1) deep = [deep];
    expect(JSON.stringify(masker().data(deep))).toMatch(/^\[+"\[not shown\]"\]+$/);
  });
});
