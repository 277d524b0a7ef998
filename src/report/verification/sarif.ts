import { type CheckResult, isOpen, type Verification } from "../../model/check.ts";

const LEVELS = { critical: "error", warn: "warning", info: "note" } as const;

/** SARIF 2.1.0: one rule for each check, one result for each sandbox and check. */
export function renderSarif({ examinations, unseen }: Verification): string {
  const rules = new Map(examinations.flatMap(({ results }) => results).map((result) => [result.id, result]));
  const run = {
    tool: { driver: { name: "openclaw-fortress", rules: [...rules.values()].map(({ id, title, remedy, maps }) => ({ id, shortDescription: { text: title }, help: { text: remedy }, properties: { tags: maps } })) } },
    results: examinations.flatMap(({ sandbox, engine, results }) =>
      results.map((result) => ({
        ruleId: result.id,
        ...faceOf(result),
        message: { text: `${result.title}: ${result.evidence}` },
        locations: [{ logicalLocations: [{ name: sandbox, fullyQualifiedName: `${engine}/${sandbox}`, kind: "resource" }] }],
      })),
    ),
    invocations: [{ executionSuccessful: unseen.length === 0, toolExecutionNotifications: unseen.map((text) => ({ level: "error", message: { text } })) }],
  };
  return JSON.stringify({ version: "2.1.0", $schema: "https://json.schemastore.org/sarif-2.1.0.json", runs: [run] }, null, 2);
}

/** A level belongs to failures only. */
function faceOf(result: CheckResult): { readonly kind: string; readonly level: string } {
  switch (result.state) {
    case "pass":
      return { kind: "pass", level: "none" };
    case "not-applicable":
      return { kind: "notApplicable", level: "none" };
    case "unknown":
      return { kind: "open", level: "none" };
    case "fail":
      return isOpen(result) ? { kind: "fail", level: LEVELS[result.severity] } : { kind: "informational", level: "none" };
  }
}
