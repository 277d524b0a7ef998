import { expect, it } from "vitest";
import { showsColours } from "../../src/host/health-context.ts";

it.each([
  [true, undefined, true],
  [true, "", true],
  [true, "1", false],
  [true, "0", false],
  [false, undefined, false],
])("on a terminal: %s, with NO_COLOR %j, there are colours: %s", (isTerminal, noColor, colours) => {
  expect(showsColours(isTerminal, noColor)).toBe(colours);
});
