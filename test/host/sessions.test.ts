import { describe, expect, it } from "vitest";
import { isSwitchedOff, type SessionEntry, sessionFindings } from "../../src/host/sessions.ts";

const CONFIG = { agents: { defaults: { sandbox: { mode: "all" } }, entries: { main: {}, half: { sandbox: { mode: "non-main" } } } } };
const KEY = "agent:main:main";
const listed = (entry: SessionEntry, sessionKey = KEY) => ({ list: () => [{ sessionKey, entry }] });

describe("sessions that were told to leave their sandbox", () => {
  it.each<[string, SessionEntry, string | undefined]>([
    ["nothing", {}, undefined],
    ["the sandbox", { execHost: "sandbox", elevatedLevel: "off" }, undefined],
    ["sandboxMode", { sandboxMode: "off" }, "sandboxMode: off"],
    ["execHost", { execHost: "gateway" }, "execHost: gateway"],
    ["elevatedLevel", { elevatedLevel: "full" }, "elevatedLevel: full"],
  ])("by %s", (_, entry, what) => {
    const findings = sessionFindings(CONFIG, ["main"], listed(entry));
    expect(findings.map(({ id, severity, detail }) => `${severity} ${id}: ${detail}`)).toEqual(what === undefined ? [] : [`warn host.session-outside: Sessions of main were told to leave their sandbox: ${KEY} (${what}). Such commands are refused.`]);
  });

  it("are of no interest where they have none", () => {
    expect(sessionFindings(CONFIG, ["half"], listed({ sandboxMode: "off" }, "agent:half:main"))).toEqual([]);
    expect(sessionFindings(CONFIG, ["half"], listed({ sandboxMode: "off" }, "agent:half:other"))).toHaveLength(1);
  });

  it("weigh more where nothing refuses what they do", () => {
    const plugins = { entries: { fortress: { config: { attestation: { mode: "audit" } } } } };
    expect(sessionFindings({ ...CONFIG, plugins }, ["main"], listed({ sandboxMode: "off" }))).toMatchObject([{ severity: "critical" }]);
  });

  it("are unseen where the store says nothing, and one such session does nothing", () => {
    const broken = () => {
      throw new Error("database is locked");
    };
    expect(sessionFindings(CONFIG, ["main"], { list: broken })).toMatchObject([{ id: "host.sessions-unseen", detail: expect.stringContaining("database is locked") as string }]);
    expect([isSwitchedOff({ get: broken }, "main", KEY), isSwitchedOff({ get: () => ({ sandboxMode: "off" }) }, "main", KEY), isSwitchedOff({ get: () => undefined }, "main", KEY)]).toEqual([true, true, false]);
  });
});
