import { Value } from "@sinclair/typebox/value";
import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import type { CliContext } from "../../src/cli/command.ts";
import { addVerify } from "../../src/cli/verify.ts";
import type { Isolation } from "../../src/flows/isolation.ts";
import type { Verification } from "../../src/model/check.ts";
import { VerificationSchema } from "../../src/report/verification/schema.ts";
import { ALL_KINDS, checkResult, verification } from "../fixtures/verification.ts";

/** The same of a sandbox that several agents share. */
const shared = ({ examinations, ...rest }: Verification): Verification => ({ ...rest, examinations: examinations.map((each) => ({ ...each, agentId: undefined })) });

async function verify(args: readonly string[], answer: Verification = verification([checkResult()]), interactive = false) {
  const out: string[] = [];
  const err: string[] = [];
  const codes: number[] = [];
  const asked = vi.fn<Isolation["verify"]>(async (_, { onProgress }) => {
    onProgress?.("1 of 1: sbx\u001b[31m");
    return answer;
  });
  const context = { fortress: { isolation: { verify: asked } }, hostFacts: () => ({}), terminal: { out: (text: string) => out.push(text), err: (text: string) => err.push(text), interactive }, exit: (code: number) => codes.push(code) } as unknown as CliContext;
  const program = new Command().exitOverride();
  addVerify(program, context);
  await program.parseAsync(["verify", ...args], { from: "user" });
  return { out: out.join(""), err: err.join(""), codes, options: asked.mock.calls[0]?.[1] };
}

it.each([
  ["pass", 0],
  ["fail", 1],
  ["unknown", 3],
] as const)("ends with the code of the verdict: %s is %i", async (state, code) => expect((await verify([], verification([checkResult({ state })]))).codes).toEqual([code]));

it("hands over what is asked for", async () => {
  const { options } = await verify(["--agent", "ops", "--check", "namespace.net", "guide.credentials", "--quick"]);
  expect(options).toMatchObject({ agent: "ops", checks: ["namespace.net", "guide.credentials"], quick: true });
  expect((await verify([])).options).toMatchObject({ agent: undefined, checks: undefined, quick: false });
});

describe("output", () => {
  it.each([["--json"], ["--format", "json"]])("%s is JSON and nothing else", async (...args) => {
    const { out, err } = await verify(args);
    expect(JSON.parse(out)).toMatchObject({ verdict: "hardened" });
    expect(err).toBe("");
  });

  it("as JSON keeps to its schema, whatever was seen", async () => {
    const keeps = (json: unknown): string[] => [...Value.Errors(VerificationSchema, json)].map(({ path, message }) => `${path}: ${message}`);
    for (const seen of [verification(ALL_KINDS), verification([], ["podman is down"]), shared(verification(ALL_KINDS))]) expect(keeps(JSON.parse((await verify(["--json"], seen)).out))).toEqual([]);
    expect(keeps({ ...verification(ALL_KINDS), verdict: "attention" })).not.toEqual([]);
  });

  it("shows its progress to a person only, without what a name may hold", async () => {
    expect((await verify([], undefined, true)).err).toContain("1 of 1: sbx?[31m");
    expect((await verify([], undefined, false)).err).toBe("");
  });
});

describe("wrong usage", () => {
  it("names a check that is none, and those of its topic", async () => {
    const { err, codes, options } = await verify(["--check", "namespace.nett"]);
    expect(err).toContain("namespace.nett is not a check");
    expect(err).toContain("namespace.net, ");
    expect(codes).toEqual([2]);
    expect(options).toBeUndefined();
  });

  it("says of checks of which a quick look makes none that nothing was looked at", async () => {
    const { err, codes, options } = await verify(["--check", "guide.credentials", "--quick"]);
    expect(err).toContain("a quick look starts nothing there");
    expect([codes, options]).toEqual([[2], undefined]);
  });

  it("names a format that is none", async () => {
    const { err, codes } = await verify(["--format", "xml"]);
    expect(err).toContain("xml is not one of text, json, sarif, junit");
    expect(codes).toEqual([2]);
  });
});
