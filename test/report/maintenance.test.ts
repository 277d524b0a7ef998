import { describe, expect, it } from "vitest";
import { renderStatus } from "../../src/cli/status-text.ts";
import type { MaintenanceReport } from "../../src/model/maintenance.ts";
import { renderBrief } from "../../src/report/brief.ts";
import { renderChat } from "../../src/report/chat.ts";
import { renderPage } from "../../src/report/html/page.ts";
import { toJson } from "../../src/report/json.ts";
import { expectSchema, report } from "../fixtures/report.ts";

/** Twelve past three by the clock of the machine that the test runs on. */
const ranAt = new Date(2026, 4, 1, 3, 12).toISOString();
const WELL: MaintenanceReport = { ranAt, steps: [{ id: "leaks", outcome: "well", detail: "None." }, { id: "logs", outcome: "well", detail: "All." }] };
const MIXED: MaintenanceReport = { ranAt, steps: [...WELL.steps, { id: "images", outcome: "failed", detail: "bad\n<b>\u001b[31m" }, { id: "containers", outcome: "partial", detail: "" }, { id: "evidence", outcome: "found", detail: "" }] };

describe("the last maintenance", () => {
  it.each([
    [WELL, "maintenance: ran 2026-05-01 03:12, 2 of 2 well"],
    [MIXED, "maintenance: ran 2026-05-01 03:12, 2 of 5 well (images failed, containers could not look at everything, evidence found something)"],
  ])("is one line on every surface", (maintenance, line) => {
    const shown = report({ maintenance });
    expect(renderStatus(shown, {}).split("\n")).toContain(line);
    expect(renderChat(shown).split("\n")).toContain(line);
    expect(renderBrief(shown, "/x").split("\n")).toContain(line);
    expect(renderPage(shown, { at: new Date(0), refresh: undefined })).toContain(line.replace("maintenance: r", "R"));
  });

  it("is there step by step where there is room, and inert", () => {
    expect(renderChat(report({ maintenance: MIXED }))).toContain("  images      failed: bad <b>?[31m\n");
    expect(renderPage(report({ maintenance: MIXED }), { at: new Date(0), refresh: undefined })).toContain("failed: <bdi>bad &lt;b&gt;?[31m</bdi>");
    expectSchema(toJson(report({ maintenance: MIXED })));
  });

  it("is nowhere when there was none", () => {
    const shown = report();
    for (const text of [renderStatus(shown, {}), renderChat(shown), renderBrief(shown, "/x"), renderPage(shown, { at: new Date(0), refresh: undefined })]) expect(text).not.toMatch(/maintenance/i);
  });
});
