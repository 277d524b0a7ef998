import { expect, it, onTestFinished, vi } from "vitest";
import { chatCommand } from "../../src/host/chat-command.ts";
import { shareSurface } from "../../src/host/shared.ts";
import type { Report } from "../../src/model/report.ts";

const REPORT: Report = { verdict: "hardened", sandboxes: [], findings: [] };

/** The answer to `/fortress <args>` where this is the status of the instance that makes the sandboxes. */
async function ask(args: string | undefined, status?: () => Promise<Report>): Promise<string> {
  if (status) onTestFinished(shareSurface({ status }));
  const { handler } = chatCommand();
  const context = { args } as Parameters<typeof handler>[0];
  return ((await handler(context)) as { text: string }).text;
}

it("is for authorised senders only", () => {
  expect(chatCommand()).toMatchObject({ name: "fortress", requireAuth: true, acceptsArgs: true });
});

it.each([undefined, "", "  ", "status", " status "])("shows the status for %j", async (args) => {
  expect(await ask(args, async () => REPORT)).toMatch(/^fortress: HARDENED/);
});

it.each(["help", "restore", "status; rm", "Status"])("explains itself for %j and looks at nothing", async (args) => {
  const status = vi.fn(async () => REPORT);
  expect(await ask(args, status)).toMatch(/^Usage: \/fortress status/);
  expect(status).not.toHaveBeenCalled();
});

it("does not call anything hardened where no instance makes sandboxes", async () => {
  expect(await ask("status")).toMatch(/^fortress: UNKNOWN/);
});
