import { expect, it } from "vitest";
import { nearest } from "../../../src/host/chat/nearest.ts";

it.each<[string, string | undefined]>([
  ["status", "status"],
  ["statsu", "status"],
  ["stats", "status"],
  ["STATUS", "status"],
  ["lockdwon", "lockdown"],
  ["lokdown", "lockdown"],
  ["lock", undefined],
  ["tahw", "thaw"],
  ["go", undefined],
  ["x", undefined],
  ["restore", undefined],
  ["", undefined],
  [`statu${"s".repeat(2 ** 20)}`, undefined],
])("%.20j is taken for %s", (word, name) => {
  expect(nearest(word, ["status", "log", "lockdown", "thaw"])).toBe(name);
});
