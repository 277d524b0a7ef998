import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { CATALOG } from "../../src/isolation/catalog.ts";

const FOLDER = join(import.meta.dirname, "../../src/isolation/checks");

it("has one file for each check, and one check for each file", () => {
  expect(CATALOG.map(({ id }) => `${id.replace(".", "-")}.ts`).sort()).toEqual(readdirSync(FOLDER).sort());
});

it("has ids that stay apart, and all that a reader needs of each check", () => {
  expect(new Set(CATALOG.map(({ id }) => id)).size).toBe(CATALOG.length);
  for (const { id, title, maps, remedy } of CATALOG) {
    expect(id).toMatch(/^[a-z]+\.[a-z0-9-]+$/);
    expect(title, id).toMatch(/^([A-Z/]|openclaw\.json ).{10,}[^.]$/);
    expect(maps.length, id).toBeGreaterThan(0);
    for (const each of maps) expect(each, id).toMatch(/^([A-Z]{2,4}-\d{2}|CIS-5\.\d+|PSS [\w/ -]+)$/);
    expect(remedy.length, id).toBeGreaterThan(15);
  }
});

it("holds the guide's five commands", () => {
  expect(CATALOG.filter(({ id }) => id.startsWith("guide."))).toHaveLength(5);
});
