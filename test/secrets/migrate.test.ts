import { describe, expect, it } from "vitest";
import { Secret } from "../../src/model/secret.ts";
import { parseEnvFile } from "../../src/secrets/env-file.ts";
import { dropInText, planMigration, unfitForSystemd } from "../../src/secrets/migrate.ts";
import { errorOf } from "../fixtures/errors.ts";

const CANARY = "canary-b2";

describe("a plan", () => {
  it("adds what the store does not have, behind what it has, comments and all", () => {
    const plan = planMigration("# mine\nA=1", [{ path: "/s/secrets.env", text: `A='1'\nexport B="x\\n${CANARY}"\n` }, { path: "/s/.env", text: "C=3\nB=\"x\\n" + CANARY + '"' }]);
    expect(plan.adds).toEqual([{ name: "B", from: "/s/secrets.env" }, { name: "C", from: "/s/.env" }]);
    expect(plan.present).toEqual(["A", "B"]);
    expect(plan.text).toBe(`# mine\nA=1\nB="x\\n${CANARY}"\nC="3"\n`);
    expect([...parseEnvFile(plan.text!)].map(([name, secret]) => [name, secret.reveal()])).toEqual([...plan.expected].map(([name, secret]) => [name, secret.reveal()]));
  });

  it.each([
    [undefined, []],
    ["A=1\n", []],
    ["A=1\n", [{ path: "/s/.env", text: "A=1\n" }]],
  ])("of %j and %j changes nothing", (store, originals) => {
    expect(planMigration(store, originals)).toMatchObject({ adds: [], text: undefined });
  });

  it("with two values for one name is refused, by name and never by value", () => {
    const error = errorOf(() => planMigration("A=1\n", [{ path: "/s/secrets.env", text: `A=${CANARY}\nB=1\n` }, { path: "/s/.env", text: `B=${CANARY}\n` }]));
    expect(error).toMatchObject({ code: "secrets-migration-refused", message: "these names have another value already: A (/s/secrets.env), B (/s/.env)." });
  });

  it("of a file that breaks the grammar is refused, by file, line and key", () => {
    expect(errorOf(() => planMigration("", [{ path: "/s/.env", text: `OPENCLAW_TOKEN=${CANARY}\n` }])).message).toBe("/s/.env: line 1: OPENCLAW_TOKEN would change what programs run.");
  });
});

it.each([
  ["/home/ada/.config/openclaw-secrets/secrets.env", "EnvironmentFile=%h/.config/openclaw-secrets/secrets.env"],
  ["/home/ada/100%/keys.env", "EnvironmentFile=%h/100%%/keys.env"],
  ["/srv/keys.env", "EnvironmentFile=/srv/keys.env"],
  ["/home/adam/keys.env", "EnvironmentFile=/home/adam/keys.env"],
])("the drop-in for %s", (file, line) => {
  expect(dropInText(file, "/home/ada").split("\n")).toEqual(["# Written by openclaw fortress secrets migrate.", "[Service]", line, ""]);
});

it("knows what systemd reads differently", () => {
  expect(unfitForSystemd(new Map([["A", new Secret("one line $x `y` \"z\"")], ["B", new Secret("two\nlines")]]))).toEqual(["B"]);
});
