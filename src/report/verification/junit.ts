import { htmlEscape } from "escape-goat";
import { type CheckResult, isDark, isOpen, type Verification } from "../../model/check.ts";

/** One suite for each sandbox, one case for each check. What could not be looked at is an error only where it is critical. */
export function renderJunit({ examinations, unseen }: Verification): string {
  const suites = examinations.map(({ sandbox, results }) => suite(sandbox, results.map(testCase), results.filter(isOpen).length, results.filter(isDark).length));
  if (unseen.length > 0) suites.push(suite("not examined", unseen.map((text) => `    <testcase classname="fortress" name="examination">\n      <error message="${htmlEscape(text)}"/>\n    </testcase>`), 0, unseen.length));
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="openclaw-fortress">', ...suites, "</testsuites>"].join("\n");
}

function suite(name: string, cases: readonly string[], failures: number, errors: number): string {
  return [`  <testsuite name="${htmlEscape(name)}" tests="${cases.length}" failures="${failures}" errors="${errors}">`, ...cases, "  </testsuite>"].join("\n");
}

function testCase(result: CheckResult): string {
  const head = `    <testcase classname="${htmlEscape(result.id)}" name="${htmlEscape(result.title)}"`;
  const body = bodyOf(result);
  return body === undefined ? `${head}/>` : `${head}>\n      ${body}\n    </testcase>`;
}

function bodyOf(result: CheckResult): string | undefined {
  const evidence = htmlEscape(result.evidence);
  if (isOpen(result)) return `<failure type="${result.severity}" message="${evidence}">${htmlEscape(result.remedy)}</failure>`;
  if (isDark(result)) return `<error message="${evidence}"/>`;
  return result.state === "not-applicable" || result.state === "unknown" ? `<skipped message="${evidence}"/>` : undefined;
}
