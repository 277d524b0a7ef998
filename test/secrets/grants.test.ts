import { describe, expect, it } from "vitest";
import { checkGrants, grantedNames, type Grants } from "../../src/secrets/grants.ts";
import { errorOf } from "../fixtures/errors.ts";

const NAMES = ["GITHUB_TOKEN", "AWS_SECRET", "AWS_KEY", "AWS"];

it.each<[Grants, string | undefined, string[]]>([
  [{ "*": ["*"] }, "main", ["AWS", "AWS_KEY", "AWS_SECRET", "GITHUB_TOKEN"]],
  [{ "*": ["*"] }, undefined, ["AWS", "AWS_KEY", "AWS_SECRET", "GITHUB_TOKEN"]],
  [{ "*": ["AWS_*"] }, "main", ["AWS_KEY", "AWS_SECRET"]],
  [{ "*": ["AWS"] }, "main", ["AWS"]],
  [{ "*": ["aws_*", "GITHUB", "TOKEN"] }, "main", []],
  [{ "*": ["AWS_*", "AWS_KEY"] }, "main", ["AWS_KEY", "AWS_SECRET"]],
  [{ "*": ["*"], main: ["GITHUB_TOKEN"] }, "main", ["GITHUB_TOKEN"]],
  [{ "*": ["*"], main: [] }, "main", []],
  [{ main: ["*"] }, "ops", []],
  // An agent that is not known may be the one with the narrowest line.
  [{ "*": ["*"], main: ["AWS_*"] }, undefined, ["AWS_KEY", "AWS_SECRET"]],
  [{ "*": ["*"], main: [] }, undefined, []],
  [{ main: ["*"] }, undefined, []],
  [{}, undefined, []],
  [{}, "main", []],
  // An agent that is called like something every object has.
  [{ "*": ["AWS"] }, "constructor", ["AWS"]],
  [{ "*": ["AWS"] }, "toString", ["AWS"]],
])("%j gives agent %s %j", (grants, agent, names) => {
  expect(grantedNames(grants, agent, NAMES)).toEqual(names);
});

it("knows no name that is not there", () => {
  expect(grantedNames({ "*": ["*", "MISSING"] }, "main", [])).toEqual([]);
});

describe("a check", () => {
  const available = new Set(NAMES);

  it.each<[Grants, readonly string[] | undefined, ReadonlySet<string> | undefined, RegExp | undefined]>([
    [{ "*": ["*"] }, [], available, undefined],
    [{ main: ["AWS_*", "AWS"] }, ["main"], available, undefined],
    [{ main: ["NOTHING_*"] }, ["main"], available, undefined],
    [{ main: ["ANY"] }, ["main"], undefined, undefined],
    [{ whoever: ["AWS"] }, undefined, available, undefined],
    [{ Main: ["*"] }, ["main"], available, /grants\.Main: OpenClaw has no agent "Main"/],
    [{ main: ["AWS", "AWZ"] }, ["main"], available, /grants\.main: no source has a secret AWZ/],
    [{ "*": ["AWZ"] }, ["main"], available, /grants\.\*: no source has a secret AWZ/],
  ])("of %j", (grants, agents, names, message) => {
    const check = (): void => checkGrants(grants, agents, names);
    if (message === undefined) return check();
    expect(errorOf(check)).toMatchObject({ code: "secrets-grant-unknown", message: expect.stringMatching(message) as string });
  });
});
