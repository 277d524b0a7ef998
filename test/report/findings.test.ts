import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

it("are all in the README, and no others", () => {
  const source = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.m?ts$/.test(path) && !path.startsWith("isolation/checks/"))
    .map((path) => ({ path, text: readFileSync(join(ROOT, "src", path), "utf8") }));
  const written = source.flatMap(({ text }) => [...text.matchAll(/\bid: "([a-z]+\.[a-z-]+)"/g)].map(([, id]) => id!));
  const deviations = source.filter(({ path }) => path === "posture/deviations.ts").flatMap(({ text }) => [...text.matchAll(/\badd\("([a-z-]+)"/g)].map(([, id]) => `posture.${id}`));
  expect(deviations.length).toBeGreaterThan(5);

  const section = /^## Findings$([^]*?)^## /m.exec(readFileSync(join(ROOT, "README.md"), "utf8"))![1]!;
  const told = section.split("\n").flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([a-z]+\.[a-z-]+)`/g)].map(([, id]) => id!));
  expect(told.toSorted()).toEqual([...new Set([...written, ...deviations])].toSorted());
});
