import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import type { CliContext } from "../../src/cli/command.ts";
import { addCommands } from "../../src/cli/tree.ts";
import type { Liveness } from "../../src/model/gateway.ts";
import type { StepRecord } from "../../src/model/maintenance.ts";

const AT = "2026-05-01T03:00:00Z";
const STEP: StepRecord = { id: "logs", at: AT, outcome: "well", detail: "All are bounded.", findings: [] };
const LEAK = { id: "secrets.leaked", severity: "critical", detail: "It leaks\u001b[31m.", remedy: "Mend it." } as const;

interface World {
  readonly done?: readonly StepRecord[] | undefined;
  readonly state?: Liveness | "unknown";
  readonly due?: boolean;
  readonly overdue?: boolean;
  readonly watched?: boolean;
  readonly findings?: readonly (typeof LEAK)[];
}

async function run(args: readonly string[], world: World = {}) {
  const printed = { out: "", err: "" };
  const exit = vi.fn<CliContext["exit"]>();
  const maintain = vi.fn(async () => ("done" in world ? world.done : [STEP]));
  const sweep = vi.fn(async () => ({ sandboxes: ["a", "b"], findings: world.findings ?? [] }));
  const maintenance = { steps: [{ id: "logs", title: "check the logs" }], run: maintain, isDue: () => world.due ?? true, isOverdue: () => world.overdue ?? false, findings: () => [LEAK] };
  const notify = vi.fn(async () => {});
  const health = vi.fn(async () => ({ state: world.state ?? "live" }));
  const context = { fortress: { maintenance, sweep, isWatched: () => world.watched ?? true }, hostFacts: vi.fn(), health, service: vi.fn(), notify, notifyRoutes: vi.fn(), terminal: { out: (text: string) => void (printed.out += text), err: (text: string) => void (printed.err += text), interactive: false }, exit };
  const program = new Command().exitOverride();
  addCommands(program, context as unknown as CliContext);
  await program.parseAsync(["node", "openclaw", ...args]);
  return { ...printed, code: exit.mock.lastCall![0], maintain, sweep, health, notify };
}

describe("maintenance", () => {
  it.each<[string, readonly StepRecord[], number]>([
    ["well", [STEP], 0],
    ["found something that does not matter much", [{ ...STEP, outcome: "found" }], 0],
    ["found something critical", [STEP, { ...STEP, outcome: "found", findings: [LEAK] }], 1],
    ["not everything seen", [{ ...STEP, outcome: "partial" }], 3],
    ["failed, and not everything seen", [{ ...STEP, outcome: "partial" }, { ...STEP, outcome: "failed" }], 1],
  ])("ends with what it came to: %s", async (_, done, code) => {
    expect((await run(["maintenance"], { done })).code).toBe(code);
  });

  it("says what each step came to, and nothing that a terminal obeys", async () => {
    const { out } = await run(["maintenance"], { done: [STEP, { ...STEP, id: "leaks", outcome: "found", detail: "1 place.", findings: [LEAK] }] });
    expect(out).toBe("· logs        well: All are bounded.\n! leaks       found something: 1 place.\n    It leaks?[31m.\n      → Mend it.\n");
  });

  it("does one step, and names them all", async () => {
    expect((await run(["maintenance", "--only", "logs"])).maintain.mock.calls).toEqual([[expect.anything(), { only: "logs" }]]);
    const { out, maintain } = await run(["maintenance", "--list"]);
    expect([out, maintain.mock.calls]).toEqual(["logs        check the logs\n", []]);
  });

  it.each([
    [["maintenance"], 2],
    [["maintenance", "--timer"], 0],
    [["maintenance", "--gateway"], 0],
  ])("leaves it to another process that is at it: %j", async (args, code) => {
    const { out, code: ended } = await run(args, { done: undefined, state: "down" });
    expect([out, ended]).toEqual(["Nothing was done: another process is at it.\n", code]);
  });

  it.each<[World, boolean]>([
    [{ due: true, state: "down" }, true],
    [{ due: true, state: "live" }, false],
    [{ due: true, state: "starting" }, false],
    [{ due: true, state: "unknown" }, false],
    [{ due: false, state: "down" }, false],
    [{ due: true, overdue: true, state: "live" }, true],
  ])("by the timer is done only where the gateway does not do it: %j", async (world, done) => {
    const { maintain, code } = await run(["maintenance", "--timer"], world);
    expect([maintain.mock.calls.length === 1, code]).toEqual([done, 0]);
  });

  it("tells the operator what it came to where no gateway does that", async () => {
    expect((await run(["maintenance", "--timer"], { state: "down" })).notify.mock.calls).toEqual([[[LEAK]]]);
    expect((await run(["maintenance", "--timer"], { state: "live" })).notify).not.toHaveBeenCalled();
    expect((await run(["maintenance", "--gateway"])).notify).not.toHaveBeenCalled();
  });
});

describe("sweep", () => {
  it.each<[Liveness | "unknown", boolean]>([["down", true], ["live", true], ["foreign", true], ["starting", false], ["draining", false], ["unknown", false]])("acts beside a gateway without fortress in it: %s", async (state, acts) => {
    const { sweep, out } = await run(["sweep"], { state, watched: false });
    expect([sweep.mock.calls.length === 1, out.startsWith("Looked at 2")]).toEqual([acts, acts]);
  });

  it.each<[Liveness | "unknown", boolean]>([["down", true], ["live", false], ["starting", false], ["draining", false], ["foreign", false], ["unknown", false]])("acts only where the gateway surely does not run: %s", async (state, acts) => {
    const { sweep, health, code, out } = await run(["sweep"], { state });
    expect([sweep.mock.calls.length === 1, health.mock.calls, code]).toEqual([acts, [[{ heal: false }]], 0]);
    expect(out).toBe(acts ? "Looked at 2 sandboxes.\n" : `The gateway looks after its sandboxes itself (it is ${state}).\n`);
  });

  it("tells what it found", async () => {
    const told = await run(["sweep"], { state: "down", findings: [LEAK] });
    expect(told.notify.mock.calls).toEqual([[[LEAK]]]);
    expect(told).toMatchObject({ code: 1, out: "Looked at 2 sandboxes.\n! It leaks?[31m.\n  → Mend it.\n" });
  });
});
