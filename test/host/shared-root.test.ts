import { expect, it } from "vitest";
import { sharedRootFindings } from "../../src/host/shared-root.ts";

const shared = { sandbox: { scope: "shared" } };
const all = { sandbox: { mode: "all" } };

it.each<[string, object, string[]]>([
  ["no configuration", {}, []],
  ["nobody shared", { defaults: all, entries: { a: {}, b: {} } }, []],
  ["everybody shared", { defaults: { sandbox: { mode: "all", scope: "shared" } }, entries: { a: {}, b: {} } }, []],
  ["one shared beside one that is not", { defaults: all, entries: { a: shared, b: {} } }, ["a"]],
  ["the other session-scoped", { defaults: all, entries: { a: shared, b: { sandbox: { scope: "session" } } } }, ["a"]],
  ["both with the same root of their own", { defaults: { sandbox: { mode: "all", workspaceRoot: "/w" } }, entries: { a: shared, b: {} } }, ["a"]],
  ["the shared one with a root of its own", { defaults: all, entries: { a: { sandbox: { scope: "shared", workspaceRoot: "/w" } }, b: {} } }, []],
  ["the other one working in its agent's workspace", { defaults: all, entries: { a: shared, b: { sandbox: { workspaceAccess: "rw" } } } }, []],
  ["the shared one working in its agent's workspace", { defaults: all, entries: { a: { sandbox: { scope: "shared", workspaceAccess: "rw" } }, b: {} } }, []],
  ["the other one not sandboxed", { defaults: all, entries: { a: shared, b: { sandbox: { mode: "off" } } } }, []],
])("%s", (_, agents, found) => {
  const findings = sharedRootFindings({ agents });
  expect(findings.map(({ remedy }) => /entries\.(\w+)\./.exec(remedy)?.[1])).toEqual(found);
  for (const { severity, detail } of findings) expect([severity, detail]).toEqual(["critical", expect.stringContaining("private workspaces")]);
});
