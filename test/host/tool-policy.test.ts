import { describe, expect, it } from "vitest";
import { toolFindings } from "../../src/host/tool-policy.ts";

const lists = (tools: object) => ({ tools: { sandbox: { tools } } });
const without = (config: object): string[] => toolFindings(config, ["main"]).map(({ id }) => id);

describe("the tool in sandboxed sessions", () => {
  it.each<[string, object]>([
    ["alsoAllow with its name", { alsoAllow: ["fortress_status"] }],
    ["alsoAllow with the plugin", { alsoAllow: ["fortress"] }],
    ["every plugin", { alsoAllow: ["group:plugins"] }],
    ["a pattern", { alsoAllow: ["FORTRESS_*"] }],
    ["allow with everything", { allow: ["*"] }],
    ["an empty allow, which OpenClaw takes for everything", { allow: [] }],
    ["allow with its name", { allow: ["exec", "fortress_status"] }],
  ])("is offered by %s", (_, tools) => {
    expect(without(lists(tools))).toEqual([]);
    expect(without({ agents: { entries: { main: lists(tools) } } })).toEqual([]);
    expect(without({ agents: { list: [lists(tools)] } })).toEqual([]);
  });

  it.each<[string, object]>([
    ["by default", {}],
    ["by other tools", lists({ alsoAllow: ["web_search", "fortress_statuses", "xfortress"] })],
    ["by a pattern that is no regular expression", lists({ alsoAllow: ["fortress.status", "."] })],
    ["where it is denied as well", lists({ alsoAllow: ["fortress_status"], deny: ["group:plugins"] })],
    ["where the agent has a list of its own", { ...lists({ alsoAllow: ["fortress"] }), agents: { entries: { main: lists({ alsoAllow: [] }) } } }],
  ])("is not offered %s", (_, config) => {
    expect(without(config)).toEqual(["host.tool-not-offered"]);
  });

  it("is one finding for all agents, with what to run", () => {
    const [finding, ...more] = toolFindings({ agents: { entries: { open: lists({ alsoAllow: ["fortress"] }) } } }, ["main", "open", "ops"]);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: "info", detail: expect.stringContaining("main, ops"), remedy: expect.stringContaining(`tools.sandbox.tools.alsoAllow '["fortress_status"]'`) });
  });

  it("is no question where nobody is sandboxed", () => {
    expect(toolFindings({}, [])).toEqual([]);
  });
});
