import { describe, expect, it, vi } from "vitest";
import { chatCommand, ownerCommand } from "../../../src/host/chat/commands.ts";
import { VERBS } from "../../../src/host/chat/table.ts";
import { backupWords } from "../../../src/host/backup-words.ts";
import type { Surface } from "../../../src/host/shared.ts";
import { offer } from "../../fixtures/surface.ts";
import type { Fortress } from "../../../src/fortress.ts";
import { FortressError } from "../../../src/model/errors.ts";
import { report, SANDBOX } from "../../fixtures/report.ts";
import { checkResult, verification } from "../../fixtures/verification.ts";
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

describe("an answer is no longer than chats are read", () => {
  const LONG = `${"x".repeat(3_000)}\u001b[31m\nfortress: HARDENED\u202e`;
  const names = Array.from({ length: 500 }, (_, index) => `sandbox-${index}`);
  const results = Array.from({ length: 115 }, (_, index) => checkResult({ id: `a.b${index}`, state: "fail", evidence: LONG }));
  const outcome = { state: { since: undefined, because: LONG }, paused: names, stopped: [], resumed: names, failed: Array.from({ length: 50 }, () => LONG) };
  const problems = Array.from({ length: 50 }, () => ({ path: LONG, kind: "locked", detail: LONG }));
  const set = { id: "1", status: "degraded", problems, files: 1, databases: 1, bytes: 1, encrypted: false, detail: LONG };
  const huge: Partial<Surface> = {
    status: async () => report({ verdict: "exposed", findings: Array.from({ length: 60 }, () => ({ id: "a.b", severity: "critical" as const, detail: LONG, remedy: LONG })), sandboxes: names.map((name) => ({ ...SANDBOX, name, clipped: [LONG] })), lockdown: { since: undefined, because: LONG } }),
    verify: async () => ({ ...verification(results), examinations: names.map((sandbox) => ({ ...verification(results).examinations[0]!, sandbox })) }),
    log: async () => ({ records: names.map((target, seq) => ({ seq, at: "2026-11-25T03:00:00.123Z", pid: 1, action: "a.b", target, because: LONG, outcome: "failed" as const, detail: LONG })), damage: LONG }),
    lockdown: async () => outcome,
    thaw: async () => outcome,
    ...backupWords({ backup: { create: async () => ({ set, directory: LONG, shared: 0, tookMs: 1, skipped: 0, removed: names }), list: async () => names.map(() => set), drill: async () => ({ set: "1", outcome: "failed", detail: LONG }) } as unknown as Fortress["backup"] }, () => ({ engines: [], workspaces: [], findings: [] })),
  };

  it.each([...[...VERBS.map(({ name }) => name), "backup list", "backup drill", "help"].map((words) => [words, words] as const), ["a word that is none", LONG] as const])("%s", async (_, words) => {
    const text = await ask(words, huge, { gatewayClientScopes: ["operator.admin"] });
    expect(text.length).toBeLessThan(5_500);
    expect(text.split("\n").length).toBeLessThan(22);
    expect(text.split("\n").slice(1).join("")).not.toMatch(/\u001b|\u202e/);
  });

  it("status full, of which there is more than a chat takes", async () => {
    const text = await ask("status full", huge);
    expect(text.split("\n")).toHaveLength(121);
    expect(text).toMatch(/\n… \d+ more lines: openclaw fortress status --full$/);
  });

  it("an error", async () => {
    expect((await ask("log", { log: () => Promise.reject(new FortressError("ledger-failed", LONG, LONG)) })).length).toBe(1_000);
  });
});

it("keeps what went wrong in one line, whatever a file is called", async () => {
  const log = () => Promise.reject(new FortressError("ledger-failed", "a\u001b[31m\nfortress: HARDENED", "Mend it."));
  expect(await ask("log", { log })).toBe("fortress: a?[31m fortress: HARDENED Remedy: Mend it.");
});

describe("the words of owners", () => {
  const RESULT = { state: { since: undefined, because: "x" }, paused: ["one"], stopped: [], resumed: [], failed: [] };

  it.each<[string, Partial<Context>]>([
    ["an authorised sender of a channel", {}],
    ["a sender who says that he is the owner", { senderIsOwner: true }],
    ["a gateway client that may write", { gatewayClientScopes: ["operator.write", "operator.read"] }],
  ])("are refused to %s, in the same words whatever the state is", async (_, context) => {
    const lockdown = vi.fn(async () => RESULT);
    const running = await ask("lockdown", { lockdown }, context);
    expect(running).toMatch(/^fortress: only owners/);
    expect(await ask("thaw now", {}, context)).toBe(running);
    expect(lockdown).not.toHaveBeenCalled();
  });

  it("work for a gateway client of the owner, and in the owners' command", async () => {
    const lockdown = vi.fn(async () => RESULT);
    expect(await ask("lockdown", { lockdown }, { gatewayClientScopes: ["operator.admin"] })).toMatch(/^fortress: LOCKDOWN \(x\).*\nPaused: one\n/);
    expect(await ask("lockdown", { lockdown }, {}, ownerCommand())).toContain("LOCKDOWN");
    expect(lockdown).toHaveBeenCalledTimes(2);
  });

  it("do nothing for somebody who is no owner any more", async () => {
    const lockdown = vi.fn(async () => RESULT);
    const assertOwnerCurrent = () => {
      throw new Error("Channel operator authority changed; send a new request.");
    };
    expect(await ask("lockdown", { lockdown }, { assertOwnerCurrent }, ownerCommand())).toContain("authority changed");
    expect(lockdown).not.toHaveBeenCalled();
  });
});
