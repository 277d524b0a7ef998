import { expect, it } from "vitest";
import { project } from "../../src/projection/project.ts";

it.each([
  ["JSON5 with comments and a byte order mark", "\uFEFF// top\n{ gateway: { mode: 'local', token: 'hunter2', }, }", { gateway: { mode: "local", token: "[redacted]" } }],
  ["an empty object", "{}", {}],
  ["half a file", '{ gateway: { token: "hunter2"', { unreadable: expect.stringContaining("openclaw.json") as string }],
  ["an empty file", "", { unreadable: expect.any(String) as string }],
  ["a name that would change prototypes", '{ "__proto__": { "token": "hunter2" } }', JSON.parse('{ "__proto__": { "token": "[redacted]" } }')],
  ["text alone", '"hunter2"', "[redacted]"],
])("reads %s", (_, text, expected) => {
  const projected = project(text, "main");
  expect(JSON.parse(projected)).toEqual(expected);
  expect(projected).not.toContain("hunter2");
  expect(projected.endsWith("\n")).toBe(true);
});
