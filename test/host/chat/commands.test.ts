import { expect, it, vi } from "vitest";
import { chatCommand, ownerCommand } from "../../../src/host/chat/commands.ts";
import { VERBS } from "../../../src/host/chat/table.ts";
import type { Surface } from "../../../src/host/shared.ts";
import { offer } from "../../fixtures/surface.ts";
import type { Report } from "../../../src/model/report.ts";

const REPORT: Report = { verdict: "hardened", sandboxes: [], findings: [] };

type Context = Parameters<ReturnType<typeof chatCommand>["handler"]>[0];

/** The answer to `/fortress <args>` of a gateway whose instance that makes the sandboxes does this. */
async function ask(args: string | undefined, surface?: Partial<Surface>, context: Partial<Context> = {}, command = chatCommand()): Promise<string> {
  if (surface) offer(surface);
  return ((await command.handler({ args, ...context } as Context)) as { text: string }).text;
}

it("is for authorised senders, and the owners' command for owners", () => {
  expect(chatCommand()).toMatchObject({ name: "fortress", requireAuth: true, acceptsArgs: true });
  expect(chatCommand().requiredScopes).toBeUndefined();
  expect(ownerCommand()).toMatchObject({ name: "fortress_owner", requireAuth: true, acceptsArgs: true, requiredScopes: ["operator.admin"] });
});

it.each([undefined, "", "  ", "status", " status "])("shows the status for %j", async (args) => {
  expect(await ask(args, { status: async () => REPORT })).toMatch(/^fortress: HARDENED/);
});

it.each(["restore", "status; rm", "Status", "a\u001b[31mb", "x".repeat(5_000)])("names its words for %j and looks at nothing", async (args) => {
  const status = vi.fn(async () => REPORT);
  const text = await ask(args, { status });
  expect(text).toMatch(/^fortress: [\w.?-]{1,40} is not one of its words/);
  for (const { name } of VERBS) expect(text).toContain(`\n/fortress ${name}: `);
  expect(status).not.toHaveBeenCalled();
});

it("says what was probably meant", async () => {
  expect(await ask("statsu", {})).toMatch(/^fortress: statsu is not one of its words; did you mean \/fortress status\?\n/);
  expect(await ask("help", {})).toMatch(/^\/fortress status: /);
});

it("does not call anything hardened where no instance makes sandboxes", async () => {
  expect(await ask("status")).toMatch(/^fortress: UNKNOWN/);
});
