import { expect, it } from "vitest";
import { configuredEnvironment, substitute } from "../../src/installation/substitute.ts";

it("puts values for names, everywhere in strings", () => {
  const env = { A: "1", B_2: "x${A}" };
  expect(substitute({ a: "${A}-${B_2}", list: ["${A}", 3, null], deep: { kept: "$A ${missing} ${MISSING} $${A}" } }, env)).toEqual({ a: "1-x${A}", list: ["1", 3, null], deep: { kept: "$A ${missing} ${MISSING} ${A}" } });
});

it.each([
  [{ env: { vars: { A: "1", N: 2 }, B: "3", shellEnv: { enabled: true } } }, { A: "1", B: "3" }],
  [{ env: "no" }, {}],
  [{}, {}],
])("knows what %j sets", (config, expected) => {
  expect(configuredEnvironment(config)).toEqual(expected);
});
