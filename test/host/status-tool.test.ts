import { expect, it } from "vitest";
import { offer } from "../fixtures/surface.ts";
import { statusTool } from "../../src/host/status-tool.ts";
import { STATUS_TOOL } from "../../src/host/tool-policy.ts";
import manifest from "../../openclaw.plugin.json" with { type: "json" };
import { expectSchema, report, SANDBOX } from "../fixtures/report.ts";

type Tool = Exclude<ReturnType<typeof statusTool>, readonly unknown[] | null | undefined>;

const tool = statusTool({ agentId: "main" }) as Tool;

it("stands in the manifest, without which OpenClaw does not offer it", () => {
  expect(tool.name).toBe(STATUS_TOOL);
  expect(manifest.contracts.tools).toEqual([STATUS_TOOL]);
});

it("gives text for the model and details by the schema, of the agent's own sandboxes", async () => {
  offer({ status: async () => report({ sandboxes: [SANDBOX, { ...SANDBOX, name: "openclaw-sbx-ops", agentId: "ops" }] }) });
  const { content, details } = await tool.execute("call", {});
  expect(content).toMatchObject([{ type: "text", text: expect.stringMatching(/^fortress: HARDENED[^]*openclaw-sbx-main/) }]);
  expectSchema(details);
  expect(JSON.stringify({ content, details })).not.toContain("ops");
});

it("fails where no instance makes sandboxes, and calls nothing hardened", async () => {
  await expect(tool.execute("call", {})).rejects.toThrow("fortress: UNKNOWN");
});
