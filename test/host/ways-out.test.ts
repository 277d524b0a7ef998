import { describe, expect, it } from "vitest";
import { wayOutFindings } from "../../src/host/ways-out.ts";

const found = (config: object, agents = ["main"]): string[] => wayOutFindings(config, agents).map(({ id, severity }) => `${severity} ${id}`);
const own = (tools: object): object => ({ agents: { entries: { main: { tools } } } });
const SENDERS = { allowFrom: { telegram: ["1"] } };
const audit = { plugins: { entries: { fortress: { config: { attestation: { mode: "audit" } } } } } };

describe("elevated commands", () => {
  it.each<[string, object, boolean]>([
    ["not configured", {}, false],
    ["without senders", { tools: { elevated: { enabled: true, allowFrom: { telegram: [] } } } }, false],
    ["with senders", { tools: { elevated: SENDERS } }, true],
    ["switched off", { tools: { elevated: { enabled: false, ...SENDERS } } }, false],
    ["switched off for the agent", { tools: { elevated: SENDERS }, ...own({ elevated: { enabled: false } }) }, false],
    ["with no senders for the agent", { tools: { elevated: SENDERS }, ...own({ elevated: { allowFrom: { telegram: [] } } }) }, false],
    ["with senders of the agent's only, which OpenClaw does not heed", own({ elevated: SENDERS }), false],
  ])("%s", (_, config, flagged) => expect(found(config)).toEqual(flagged ? ["warn host.elevated"] : []));
});

describe("where commands run", () => {
  it.each<[string, object, boolean]>([
    ["auto", { tools: { exec: { host: "auto" } } }, false],
    ["sandbox", { tools: { exec: { host: "sandbox" } } }, false],
    ["gateway", { tools: { exec: { host: "gateway" } } }, true],
    ["node, of the agent", own({ exec: { host: "node" } }), true],
    ["sandbox of the agent, gateway of the others", { tools: { exec: { host: "gateway" } }, ...own({ exec: { host: "sandbox" } }) }, false],
  ])("%s", (_, config, flagged) => expect(found(config)).toEqual(flagged ? ["warn host.exec-outside"] : []));
});

it("weighs more where nothing refuses what leaves the sandbox", () => {
  const config = { tools: { elevated: SENDERS, exec: { host: "gateway" } }, ...audit };
  expect(found(config)).toEqual(["critical host.elevated", "critical host.exec-outside"]);
  expect(wayOutFindings(config, ["main"])[0]!.detail).toContain("Such commands run there (attestation.mode: audit).");
});

describe("tools that work outside", () => {
  const lists = (tools: object): object => ({ tools: { sandbox: { tools } } });

  it.each<[string, object, string]>([
    ["by default", {}, ""],
    ["others", lists({ alsoAllow: ["web_search", "gatewayx"] }), ""],
    ["by name", lists({ alsoAllow: ["gateway"] }), "gateway"],
    ["by group", lists({ allow: ["group:nodes"] }), "nodes, computer"],
    ["by pattern", lists({ allow: ["*"] }), "gateway, nodes, computer, terminal"],
    ["denied as well", lists({ alsoAllow: ["gateway", "nodes"], deny: ["gateway"] }), "nodes"],
    ["with an empty allow, which leaves the default denials", lists({ allow: [] }), ""],
    ["with an empty allow and other denials", lists({ allow: [], deny: ["nodes", "computer", "terminal"] }), "gateway"],
    ["of the agent", own({ sandbox: { tools: { alsoAllow: ["terminal"] } } }), "terminal"],
  ])("%s", (_, config, names) => {
    const findings = wayOutFindings(config, ["main"]);
    expect(findings.map(({ detail }) => detail)).toEqual(names === "" ? [] : [`Sandboxed sessions of main have tools that work outside of the sandbox: ${names}.`]);
  });
});

it("flags what is opened on /tools/invoke of what OpenClaw keeps closed there", () => {
  const invoke = (allow: unknown): string[] => wayOutFindings({ gateway: { tools: { allow } } }, []).map(({ id, detail }) => `${id}: ${/call (.*) by/.exec(detail)![1]}`);
  expect([invoke(undefined), invoke(["browser", 7]), invoke(["gateway", "browser", "exec"])]).toEqual([[], [], ["host.tools-invoke: gateway, exec"]]);
});

it("has nothing to say of agents that are not sandboxed", () => {
  expect(found({ tools: { elevated: SENDERS, exec: { host: "gateway" }, sandbox: { tools: { allow: ["*"] } } } }, [])).toEqual([]);
});
