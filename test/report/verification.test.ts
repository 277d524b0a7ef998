import { Value } from "@sinclair/typebox/value";
import { describe, expect, it } from "vitest";
import { renderVerification } from "../../src/report/verification/formats.ts";
import { VerificationSchema } from "../../src/report/verification/schema.ts";
import { renderBrief } from "../../src/report/verification/text.ts";
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

  it("has colours only where they are wanted", () => {
    expect(text).not.toContain("\u001b");
    expect(renderVerification(ALL, "text", true)).toContain("\u001b[31m✗ namespace.net");
  });

  it("is short for a chat", () => {
    const brief = renderBrief(ALL);
    expect(brief).toContain("✗ namespace.net");
    expect(brief).toContain("? syscalls.bpf");
    expect(brief).not.toContain("✓");
    expect(brief).not.toContain("filesystem.no-host-paths");
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
