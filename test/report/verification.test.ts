import { Value } from "@sinclair/typebox/value";
import { describe, expect, it } from "vitest";
import { renderVerification } from "../../src/report/verification/formats.ts";
import { VerificationSchema } from "../../src/report/verification/schema.ts";
import { renderBrief } from "../../src/report/verification/brief.ts";
import { VERDICT } from "../fixtures/report.ts";
import { ALL_KINDS, checkResult, verification } from "../fixtures/verification.ts";

const ALL = verification(ALL_KINDS, ["podman is down"]);
const lineOf = (text: string, id: string): string => text.split("\n").find((line) => line.includes(id)) ?? "";

describe("verdicts", () => {
  it.each([
    ["hardened", [checkResult()], []],
    ["hardened", [checkResult({ state: "fail", severity: "info" }), checkResult({ state: "unknown", severity: "warn" }), checkResult({ state: "not-applicable" })], []],
    ["exposed", [checkResult({ state: "fail", severity: "warn" })], []],
    ["exposed", [checkResult({ state: "fail" }), checkResult({ state: "unknown" })], ["podman is down"]],
    ["unknown", [checkResult({ state: "unknown" })], []],
    ["unknown", [checkResult()], ["podman is down"]],
    ["unknown", [], ["no sandbox"]],
  ] as const)("%s", (verdict, results, unseen) => expect(verification(results, unseen).verdict).toBe(verdict));
});

describe("text", () => {
  const text = renderVerification(ALL, "text", false);

  it("shows every result with its mark and evidence, and what to do once for what needs it", () => {
    expect(text.split("\n")[0]).toBe("fortress verify: EXPOSED: something does not hold.");
    expect(ALL_KINDS.map(({ id }) => lineOf(text, id).charAt(0))).toEqual(["✓", "✗", "✗", "·", "?", "·"]);
    expect(lineOf(text, "namespace.net")).toContain("the host's <net>");
    expect(text).toContain("1 hold, 2 failed, 1 unknown, 1 noted, 1 not applicable");
    expect(text).toContain("? podman is down");
    expect(text.split("\n").at(-1)).toBe("→ namespace.net, secrets.no-env: Recreate the sandbox.");
  });

  it("keeps what a place is called in its line", () => {
    const hostile = "a\u001b[31m\nfortress verify: HARDENED";
    expect(renderVerification(verification([checkResult({ state: "fail", evidence: hostile })], [hostile]), "text", false).split("\n").filter((line) => /^fortress verify/.test(line))).toHaveLength(1);
  });

  it("has colours only where they are wanted", () => {
    expect(text).not.toContain("\u001b");
    expect(renderVerification(ALL, "text", true)).toContain("\u001b[31m✗ namespace.net");
  });

  it("is short for a chat", () => {
    expect(renderBrief(ALL, "run all").split("\n")).toEqual([
      "fortress verify: EXPOSED: something does not hold.",
      `✗ namespace.net (openclaw-sbx-main) It has a network namespace of its own: the host's <net> & "more"`,
      "  → Recreate the sandbox.",
      "✗ secrets.no-env (openclaw-sbx-main) No keys: SOME_KEY",
      "  → Recreate the sandbox.",
      "? syscalls.bpf (openclaw-sbx-main) No programs: no python3",
      "? podman is down",
      "openclaw-sbx-main: 1 hold, 2 failed, 1 unknown, 1 noted, 1 not applicable",
      "every result: run all",
    ]);
    expect(renderBrief(verification([checkResult()]), "run all").split("\n")).toHaveLength(3);
  });

  it("stays short for a chat, whatever fails in however many sandboxes", () => {
    const hostile = (index: number) => checkResult({ id: `topic.check-${index}`, state: "fail", severity: index === 19 ? "critical" : "warn", evidence: `${"x".repeat(2_000)}\u001b[31m\nfortress: HARDENED` });
    const [one] = verification(Array.from({ length: 20 }, (_, index) => hostile(index))).examinations;
    const many = { ...verification([], Array.from({ length: 9 }, (_, index) => `not seen ${index}`)), verdict: "exposed" as const, examinations: Array.from({ length: 30 }, (_, index) => ({ ...one!, sandbox: `box-${index}` })) };
    const lines = renderBrief(many, "run all").split("\n");
    expect(lines).toHaveLength(1 + 2 * 5 + 2 + 6 + 1);
    expect(Math.max(...lines.map((line) => line.length))).toBe(230);
    expect(lines[1]).toMatch(/^✗ topic\.check-19 \(30 sandboxes\) No program gains privileges: x+…$/);
    expect(lines.at(-1)).toBe("15 more checks that do not hold, 7 more not seen, 24 more sandboxes, every result: run all");
    expect(lines.join("")).not.toContain("\u001b");
  });
});

it("is JSON by its schema", () => {
  const parse = (of: typeof ALL): unknown => JSON.parse(renderVerification(of, "json", false));
  const shared = { ...ALL, examinations: ALL.examinations.map((each) => ({ ...each, agentId: undefined, attestation: { ...VERDICT, configHash: undefined } })) };
  for (const json of [parse(ALL), parse(shared)]) expect([...Value.Errors(VerificationSchema, json)]).toEqual([]);
  expect(parse(ALL)).toMatchObject({ verdict: "exposed", unseen: ["podman is down"], examinations: [{ attestation: null }] });
  expect(parse(shared)).toMatchObject({ examinations: [{ agentId: null, attestation: { policyHash: VERDICT.policyHash, configHash: null } }] });
});

it("is SARIF in which only failures have a level", () => {
  const { version, runs } = JSON.parse(renderVerification(ALL, "sarif", false)) as { version: string; runs: [{ tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; kind: string; level: string; message: { text: string } }[]; invocations: unknown }] };
  expect(version).toBe("2.1.0");
  expect(runs[0].tool.driver.rules.map(({ id }) => id)).toEqual(ALL_KINDS.map(({ id }) => id));
  expect(runs[0].results.map(({ kind, level }) => `${kind} ${level}`)).toEqual(["pass none", "fail error", "fail warning", "informational none", "open none", "notApplicable none"]);
  expect(runs[0].invocations).toMatchObject([{ executionSuccessful: false, toolExecutionNotifications: [{ message: { text: "podman is down" } }] }]);
});

it("is JUnit that counts and escapes", () => {
  const xml = renderVerification(ALL, "junit", false);
  expect(xml).toContain('<testsuite name="openclaw-sbx-main" tests="6" failures="2" errors="1">');
  expect(xml).toContain('<failure type="critical" message="the host&#39;s &lt;net&gt; &amp; &quot;more&quot;">Recreate the sandbox.</failure>');
  expect(xml).toContain('<error message="podman is down"/>');
  expect(xml.match(/<skipped /g)).toHaveLength(1);
});
