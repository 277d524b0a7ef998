import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, it, vi } from "vitest";
import type { CliContext } from "../../src/cli/command.ts";
import { addLog } from "../../src/cli/log.ts";
import { secretWorld, type SecretWorld } from "../fixtures/world.ts";

const VALUE = "canary-3f7d20";

async function runLog({ fortress, host }: SecretWorld, ...args: string[]) {
  const printed = { out: "", err: "" };
  const exit = vi.fn<CliContext["exit"]>();
  const program = new Command().exitOverride();
  addLog(program, { fortress, hostFacts: host, health: vi.fn(), service: vi.fn(), notify: vi.fn(), notifyRoutes: vi.fn(), terminal: { out: (text) => void (printed.out += text), err: (text) => void (printed.err += text), interactive: false }, exit });
  await program.parseAsync(["node", "openclaw", "log", ...args]);
  return { ...printed, code: exit.mock.lastCall![0] };
}

it("shows what was done, without the value of a secret", async () => {
  const world = secretWorld(`A=${VALUE}\n`);
  await world.fortress.ledger.record({ action: "a", because: `the engine said ${VALUE}`, outcome: "done" });
  await world.fortress.ledger.record({ action: "b", because: "c", outcome: "done" });
  const { code, out } = await runLog(world);
  expect([code, out]).toEqual([0, expect.stringMatching(/· a: the engine said .+\n.* · b: c\n$/)]);
  expect(out).not.toContain(VALUE);
  expect(JSON.parse((await runLog(world, "--json", "--last", "1")).out)).toMatchObject({ records: [{ action: "b", seq: 2 }] });
});

it("fails where the ledger is damaged, which the status says too", async () => {
  const world = secretWorld("");
  await world.fortress.ledger.record({ action: "a", because: "b", outcome: "done" });
  expect((await world.fortress.status(world.host)).findings).not.toContainEqual(expect.objectContaining({ id: "ledger.damaged" }));
  writeFileSync(join(world.home.stateDir, "fortress/ledger.jsonl"), "x\n");
  expect((await runLog(world)).code).toBe(1);
  expect((await world.fortress.status(world.host)).findings).toContainEqual(expect.objectContaining({ id: "ledger.damaged", severity: "warn" }));
});

it("is in the report as its last deeds, newest first, also while every sandbox is refused", async () => {
  const world = secretWorld("");
  for (let count = 1; count <= 25; count += 1) await world.fortress.ledger.record({ action: `a${count}`, because: "b", outcome: "done" });
  const last = { action: "a25", because: "b", outcome: "done", at: expect.any(String) as string };
  const { timeline } = await world.fortress.status(world.host);
  expect([timeline?.deeds.length, timeline?.deeds[0], timeline?.older]).toEqual([20, last, 5]);
  const wrong = secretWorld("", {}, {}, { limits: { memory: "8gb" } });
  await wrong.fortress.ledger.record({ action: "a25", because: "b", outcome: "done" });
  const refusing = await wrong.fortress.status(wrong.host);
  expect([refusing.findings[0]?.id, refusing.timeline]).toEqual(["fortress.refusing", { deeds: [last], older: 0 }]);
});

it("says in the status that a deed could not be recorded", async () => {
  const world = secretWorld("", {}, { ledger: { append: async () => Promise.reject(new (await import("../../src/model/errors.ts")).FortressError("ledger-failed", "disk full", "make room")), read: async () => ({ records: [] }) } });
  await world.fortress.ledger.record({ action: "a", because: "b", outcome: "done" });
  expect((await world.fortress.status(world.host)).findings).toContainEqual({ id: "ledger.damaged", severity: "warn", detail: "disk full", remedy: "make room" });
});

it.each(["0", "-1", "x", "1.5"])("refuses --last %s", async (last) => {
  expect(await runLog(secretWorld(""), `--last=${last}`)).toMatchObject({ code: 2, err: expect.stringContaining("--last") as string });
});
