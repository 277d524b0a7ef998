import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import { renderBrief } from "../../src/report/brief.ts";
import { POSTURE, report, SANDBOX } from "../fixtures/report.ts";

const finding = (severity: Finding["severity"], index = 0): Finding => ({ id: "a.b", severity, detail: `Detail ${index}.`, remedy: `Remedy ${index}.` });
const HOLDING = { ...SANDBOX, posture: POSTURE, limits: SANDBOX.limits.map((limit) => ({ ...limit, actual: limit.wanted })) };
const brief = (overrides: Parameters<typeof report>[0]): string[] => renderBrief(report(overrides), "/fortress status full").split("\n");

describe("the short message", () => {
  it("has the verdict, what needs attention with its remedy, and a line for each sandbox", () => {
    const stopped = { ...SANDBOX, agentId: undefined, running: false };
    expect(brief({ verdict: "attention", findings: [finding("warn"), finding("info"), finding("info")], sandboxes: [HOLDING, stopped] })).toEqual([
      "fortress: ATTENTION: it holds, with reservations.",
      "! Detail 0.",
      "  → Remedy 0.",
      "main: writes 1, reads 2 · limits hold · uid 65532 · 2 secrets",
      "shared: stopped",
      "2 notes, every detail: /fortress status full",
    ]);
  });

  it("calls no limit held that is loose or unknown, and no mount counted that was not seen", () => {
    expect(brief({ sandboxes: [{ ...SANDBOX, mounts: undefined, secrets: [] }] })[1]).toBe("main: writes ?, reads ? · limits do NOT hold");
    expect(brief({ sandboxes: [{ ...HOLDING, limits: [] }] })[1]).toContain("limits do NOT hold");
  });

  it("fits a phone, whatever there is, and says how much it leaves out", () => {
    const lines = brief({ findings: Array.from({ length: 20 }, (_, index) => finding("critical", index)), sandboxes: Array.from({ length: 30 }, () => HOLDING) });
    expect(lines).toHaveLength(1 + 2 * 4 + 8 + 1);
    expect(lines.at(-1)).toBe("16 more findings, 22 more sandboxes, every detail: /fortress status full");
  });

  it("cuts a line that is too long, and then offers the whole of it", () => {
    const lines = brief({ findings: [{ ...finding("warn"), detail: "x".repeat(5_000), remedy: "y".repeat(5_000) }] });
    expect(lines.slice(1, 3)).toEqual([`! ${"x".repeat(227)}…`, `  → ${"y".repeat(225)}…`]);
    expect(lines.at(-1)).toBe("every detail: /fortress status full");
  });

  it("offers nothing more where there is nothing more", () => {
    expect(brief({})).toEqual(["fortress: HARDENED: everything that was looked at holds.", "No sandbox exists at the moment; each one is hardened when an agent's turn creates it."]);
  });

  it("keeps hostile names in their line", () => {
    expect(brief({ sandboxes: [{ ...HOLDING, agentId: "a\nfortress: HARDENED\u202e" }] })[1]).toMatch(/^a fortress: HARDENED\?: writes/);
  });
});
