import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import type { CliContext } from "../../src/cli/command.ts";
import { renderExplanation } from "../../src/cli/explain.ts";
import { renderStatus } from "../../src/cli/status-text.ts";
import { table } from "../../src/cli/table.ts";
import { addCommands } from "../../src/cli/tree.ts";
import type { ExplainedSandbox, Explanation } from "../../src/flows/explain.ts";
import { FortressError } from "../../src/model/errors.ts";
import type { Report } from "../../src/model/report.ts";
import { expectSchema, POSTURE, report, SANDBOX } from "../fixtures/report.ts";

const HOSTILE = "a\u001b[31m\nb";

/** Runs a command on a gateway with this status and this explanation. */
async function run(args: readonly string[], status: Report, explanation?: Explanation) {
  const printed = { out: "", err: "" };
  const exit = vi.fn<CliContext["exit"]>();
  const program = new Command().exitOverride();
  const explain = async (): Promise<Explanation> => {
    if (explanation) return explanation;
    throw new FortressError("agent-unknown", "No agent.", "Agents are: main.");
  };
  const fortress = { status: async () => status, explain } as unknown as CliContext["fortress"];
  addCommands(program, { fortress, hostFacts: vi.fn(), health: vi.fn(), service: vi.fn(), notify: vi.fn(), notifyRoutes: vi.fn(), terminal: { out: (text) => void (printed.out += text), err: (text) => void (printed.err += text), interactive: false }, exit });
  await program.parseAsync(["node", "openclaw", ...args]);
  return { ...printed, code: exit.mock.lastCall![0] };
}

describe("status", () => {
  const FULL = report({ verdict: "exposed", findings: [{ id: "a.b", severity: "critical", detail: `Odd ${HOSTILE}`, remedy: "Mend it." }], sandboxes: [{ ...SANDBOX, posture: POSTURE, hidden: [] }, { ...SANDBOX, agentId: undefined, running: false, name: "old" }] });

  it("is a verdict, findings and a table", () => {
    expect(renderStatus(FULL, {})).toMatchInlineSnapshot(`
      "fortress: EXPOSED: something critical does not hold.

      ✗ Odd a?[31m?b [a.b]
        → Mend it.

      AGENT     ENGINE  STATE    RW  RO  HIDDEN  MEMORY  CPUS  PIDS       DISK     UID    SECRETS  SANDBOX
      main      podman  running  1   2   0       8 GiB   2     ✗ unknown  1.5 GiB  65532  2        openclaw-sbx-main
      (shared)  podman  stopped  -   -   -       -       -     -          -        -      -        old

      mounts: what each can reach · explain <agent>: planned against actual, with reasons · --full: every detail"
    `);
  });

  it("names what each agent is granted, also where no sandbox exists", () => {
    const text = renderStatus(report({ grants: [{ agentId: "main", secrets: ["A_KEY", "B_KEY"] }, { agentId: HOSTILE, secrets: [] }] }), {});
    expect(text.split("\n").slice(-3)).toEqual(["AGENT     SECRETS GRANTED", "main      A_KEY, B_KEY", "a?[31m?b  none"]);
  });

  it("has colours on a terminal only, and the same words", () => {
    const coloured = renderStatus(FULL, { colour: true });
    expect(coloured).toContain("\u001b[31mEXPOSED\u001b[39m");
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(renderStatus(FULL, {}));
  });

  it.each([["hardened", 0], ["attention", 0], ["exposed", 1], ["unknown", 3]] as const)("ends with the verdict: %s is %d", async (verdict, code) => {
    expect((await run(["status"], report({ verdict }))).code).toBe(code);
  });

  it("gives JSON by its schema, and every detail", async () => {
    expectSchema(JSON.parse((await run(["status", "--json"], FULL)).out));
    expect((await run(["status", "--full"], FULL)).out).toContain("  posture     uid 65532");
  });
});

describe("mounts", () => {
  const WITH = report({ sandboxes: [{ ...SANDBOX, hidden: [{ entry: HOSTILE, holds: "tokens" }] }, { ...SANDBOX, agentId: "ops", name: "ops" }, { ...SANDBOX, agentId: undefined, name: "common" }] });

  it("are what can be written, read and not seen, in this order", async () => {
    const { out, code } = await run(["mounts", "main"], WITH);
    expect(code).toBe(0);
    expect(out.split("\n\n")[0]).toMatchInlineSnapshot(`
      "openclaw-sbx-main (running)
        ACCESS  PATH
        write   /agent-workspace
        read    /home/ada/.openclaw/cron
        read    /home/ada/.openclaw/logs
        hidden  a?[31m?b  (tokens)"
    `);
    expect(out).toContain("common (running)");
    expect(out).not.toContain("ops");
  });

  it("are never guessed", async () => {
    const { out, code } = await run(["mounts"], report({ sandboxes: [{ ...SANDBOX, mounts: undefined }] }));
    expect([code, out]).toEqual([3, expect.stringContaining("could not be asked")]);
    expect(JSON.parse((await run(["mounts", "--json"], WITH)).out)).toMatchObject([{ name: SANDBOX.name, mounts: SANDBOX.mounts }, { name: "ops" }, { name: "common", agentId: null }]);
  });
});

describe("explain", () => {
  const SAME = { target: "/w", planned: "rw", actual: "rw", because: "the sandbox's workspace" } as const;
  const one: ExplainedSandbox = { name: "box", engine: "podman", running: true, refused: undefined, mounts: [SAME], hidden: [], limits: [{ what: "pids 512", because: "limits.pids" }], posture: [{ what: "uid 1000", because: "posture.user" }], secrets: [] };
  const of = (overrides: Partial<ExplainedSandbox> = {}): Explanation => ({ agentId: "main", sandboxes: [{ ...one, ...overrides }] });

  it("marks what differs from the plan", () => {
    const text = renderExplanation(of({ mounts: [SAME, { ...SAME, target: "/gone", actual: undefined }, { ...SAME, target: "/loose", planned: "ro" }] }));
    expect(text).toContain("   /w                   rw       rw      the sandbox's workspace");
    expect(text).toMatch(/✗ +\/gone +rw +- /);
    expect(text).toMatch(/✗ +\/loose +ro +rw /);
  });

  it.each<[string, Explanation, number]>([
    ["everything is as planned", of(), 0],
    ["nothing exists", { agentId: "main", sandboxes: [] }, 0],
    ["it does not run", of({ running: false, mounts: [] }), 0],
    ["a mount differs", of({ mounts: [{ ...SAME, actual: undefined }] }), 1],
    ["today's configuration would refuse it", of({ refused: "no" }), 1],
    ["the kernel could not be asked", of({ posture: [] }), 3],
  ])("ends by what it shows: %s", async (_, explanation, code) => {
    expect((await run(["explain", "main"], report(), explanation)).code).toBe(code);
    expect(JSON.parse((await run(["explain", "main", "--json"], report(), explanation)).out)).toMatchObject({ agentId: "main" });
  });

  it("says which agents there are, and shows no stack", async () => {
    const { err, out, code } = await run(["explain", "x"], report());
    expect([out, err, code]).toEqual(["", "error: No agent.\n  → Agents are: main.\n", 2]);
  });
});

it("every command says in its help what it is for, and the first one what exit codes mean", () => {
  const root = new Command("fortress");
  let help = "";
  root.configureOutput({ writeOut: (text) => void (help += text) });
  addCommands(root, {} as CliContext);
  root.outputHelp();
  expect(help).toMatch(/Exit codes[^]*0 done[^]*1 something[^]*2 wrong usage[^]*3 not everything/);
  const all = (command: Command): Command[] => [...command.commands, ...command.commands.flatMap(all)];
  expect(all(root).filter((command) => command.description() === "" || command.options.some(({ description }) => description === ""))).toEqual([]);
});

it.each<[number, string[]]>([
  [23, ["ONE     TWO", "a       the last column", "longer  b"]],
  [17, ["ONE  a", "TWO  the last column", "", "ONE  longer", "TWO  b"]],
])("a table of a terminal with %d columns is not broken into unreadable lines", (columns, lines) => {
  expect(table(["one", "two"], [["a", "the last column"], ["longer", "b"]], columns)).toEqual(lines);
});

it("a table keeps its columns, and hostile cells in their line", () => {
  expect(table(["one", "two"], [[HOSTILE, "x"], ["日本", "y"]])).toEqual(["ONE       TWO", "a?[31m?b  x", "日本        y"]);
});
