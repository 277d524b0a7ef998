import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import type { CliContext } from "../../src/cli/command.ts";
import { addCommands } from "../../src/cli/tree.ts";

async function run(args: readonly string[], problems: Readonly<Record<string, string | undefined>>) {
  const printed = { out: "", err: "" };
  const exit = vi.fn<CliContext["exit"]>();
  const send = vi.fn((problem: string | undefined) => (problem === undefined ? Promise.resolve() : Promise.reject(new Error(problem))));
  const notifyRoutes = () => Object.entries(problems).map(([kind, problem]) => ({ kind, send: () => send(problem) }));
  const program = new Command().exitOverride();
  addCommands(program, { notifyRoutes, terminal: { out: (text: string) => void (printed.out += text), err: (text: string) => void (printed.err += text) }, exit } as unknown as CliContext);
  await program.parseAsync(["node", "openclaw", "notify", ...args]);
  return { ...printed, code: exit.mock.lastCall![0], sent: send.mock.calls.length };
}

describe("notify", () => {
  it("names the ways and sends nothing", async () => {
    expect(await run([], { channel: undefined, command: "down" })).toMatchObject({ out: "· channel\n· command\n", code: 0, sent: 0 });
  });

  it("tries each way, also after one that failed, and says what came of it", async () => {
    expect(await run(["--test"], { channel: "no\u001b[31m bot", command: undefined })).toMatchObject({ out: "✗ channel: no?[31m bot\n· command: sent\n", code: 1, sent: 2 });
    expect(await run(["--test", "--json"], { command: undefined })).toMatchObject({ out: expect.stringContaining('"kind": "command"') as string, code: 0 });
  });

  it("is refused where there is no way", async () => {
    expect(await run(["--test"], {})).toMatchObject({ err: expect.stringContaining("Nobody is told") as string, code: 2 });
  });
});
