import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createSignOfLife, type SignEdge } from "../../src/edge/sign-of-life.ts";
import { tempDir } from "../fixtures/temp.ts";

const MINUTE = 60_000;

/** A machine on which processes watch and ask. */
function setUp() {
  const path = join(tempDir(), "fortress/watched.json");
  const machine = { now: 5 * MINUTE, processes: new Map([[7, "100"], [8, "200"]]) };
  const by = (pid: number, boot = "b") => createSignOfLife(path, { pid, boot, now: () => machine.now, processIdentity: (each) => machine.processes.get(each) } satisfies SignEdge);
  return { path, machine, by };
}

it("is fresh for whoever asks, for longer than two sweeps", () => {
  const { machine, by } = setUp();
  expect(by(8).isFresh()).toBe(false);
  by(7).leave();
  machine.now += 10 * MINUTE;
  expect(by(8).isFresh()).toBe(true);
  machine.now += MINUTE;
  expect(by(8).isFresh()).toBe(false);
});

it.each<[string, (world: ReturnType<typeof setUp>) => boolean]>([
  ["the process is gone", ({ machine, by }) => (machine.processes.delete(7), by(8).isFresh())],
  ["another process has its pid", ({ machine, by }) => (machine.processes.set(7, "300"), by(8).isFresh())],
  ["the machine was booted since", ({ by }) => by(8, "next").isFresh()],
  ["the file is garbage", ({ path, by }) => (writeFileSync(path, "?"), by(8).isFresh())],
  ["the file is of another shape", ({ path, by }) => (writeFileSync(path, "{}"), by(8).isFresh())],
])("is none where %s", (_, ask) => {
  const world = setUp();
  world.by(7).leave();
  expect(world.by(8).isFresh()).toBe(true);
  expect(ask(world)).toBe(false);
});

it("is taken back by who left it, but not what a successor left", () => {
  const { machine, by } = setUp();
  const [first, second] = [by(7), by(7)];
  first.leave();
  machine.now += 1;
  second.leave();
  first.withdraw();
  expect(by(8).isFresh()).toBe(true);
  second.withdraw();
  expect(by(8).isFresh()).toBe(false);
});

it("that can't be left disturbs nobody", () => {
  const { path, by } = setUp();
  mkdirSync(join(path, "x"), { recursive: true });
  const mine = by(7);
  expect(() => (mine.leave(), mine.withdraw())).not.toThrow();
  expect(mine.isFresh()).toBe(false);
});
