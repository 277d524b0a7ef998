import { expect, it } from "vitest";
import { grantedNames, type Grants } from "../../src/secrets/grants.ts";

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
