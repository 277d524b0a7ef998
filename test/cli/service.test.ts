import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import type { CliContext } from "../../src/cli/command.ts";
import { addCommands } from "../../src/cli/tree.ts";
import type { ServiceReport, ServiceStatus } from "../../src/flows/service.ts";

const FILE = "/home/op/.config/systemd/user/openclaw-fortress-health.timer";
const REPORT: ServiceReport = { applied: false, changes: [{ path: FILE, change: "write" }, { path: "/kept", change: "keep" }], commands: ["systemctl --user daemon-reload"], notes: ["Timers stop when op logs out\u001b[31m."] };
const STATUS: ServiceStatus = { installed: true, files: [{ path: FILE, state: "current" }], timers: [{ name: "openclaw-fortress-health.timer", active: true, lastResult: "success, 0" }], notes: [] };

async function run(args: readonly string[], given: { report?: ServiceReport; status?: ServiceStatus } = {}) {
  const printed = { out: "", err: "" };
  const exit = vi.fn<CliContext["exit"]>();
  const change = vi.fn(async ({ apply }: { apply: boolean }) => ({ ...(given.report ?? REPORT), applied: apply }));
  const service = { install: change, uninstall: change, status: async () => given.status ?? STATUS, print: (format: string) => [{ name: `one.${format}`, text: "text\n" }] };
  const context = { service: () => service, terminal: { out: (text: string) => void (printed.out += text), err: (text: string) => void (printed.err += text), interactive: false }, exit };
  const program = new Command().exitOverride();
  addCommands(program, context as unknown as CliContext);
  await program.parseAsync(["node", "openclaw", "service", ...args]);
  return { ...printed, code: exit.mock.lastCall![0], change };
}

describe.each(["install", "uninstall"])("%s", (verb) => {
  it("does it, and says what", async () => {
    const { out, code, change } = await run([verb]);
    expect([change.mock.calls, code]).toEqual([[[{ apply: true }]], 0]);
    expect(out).toBe(`Done:\n  write ${FILE}\n  systemctl --user daemon-reload\n! Timers stop when op logs out?[31m.\n`);
  });

  it("only says what it would do when it is asked to", async () => {
    const { out, change } = await run([verb, "--dry-run"]);
    expect(change.mock.calls).toEqual([[{ apply: false }]]);
    expect(out).toMatch(/^Would do:\n {2}write /);
    expect(JSON.parse((await run([verb, "--dry-run", "--json"])).out)).toEqual(REPORT);
  });

  it("says that there is nothing to do", async () => {
    expect((await run([verb], { report: { ...REPORT, changes: [], notes: [] } })).out).toBe("Nothing to do: no timer of fortress is installed.\n");
  });
});

it.each([[true, 0, /^The timers are installed and active\.\n/], [false, 1, /not installed as they should be/]])("status: installed %s ends with %i", async (installed, code, words) => {
  const shown = await run(["status"], { status: { ...STATUS, installed } });
  expect([shown.code, shown.out]).toEqual([code, expect.stringMatching(words)]);
  expect(shown.out).toContain(`  current  ${FILE}\n  active   openclaw-fortress-health.timer (last run: success, 0)\n`);
});

it.each(["systemd", "launchd", "task-scheduler"])("prints the files for %s, together or one by one", async (format) => {
  expect((await run(["print", "--for", format])).out).toBe(`# one.${format}\ntext\n`);
  expect(JSON.parse((await run(["print", "--for", format, "--json"])).out)).toEqual([{ name: `one.${format}`, text: "text\n" }]);
});

it("knows no other format", async () => {
  const { code, out, err } = await run(["print", "--for", "runit"]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toMatch(/--for: runit is no format\.[^]*systemd, launchd, task-scheduler/);
});
