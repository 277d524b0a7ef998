import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import JSON5 from "json5";
import { describe, expect, it } from "vitest";
import type { CliContext } from "../src/cli/command.ts";
import { addCommands, endUsage } from "../src/cli/tree.ts";
import { VERBS } from "../src/host/chat/table.ts";
import { resolveConfig } from "../src/config/resolve.ts";
import { CATALOG } from "../src/isolation/catalog.ts";
import { fenced, README } from "./support/readme.ts";

const ROOT = join(import.meta.dirname, "..");

const root = new Command("fortress");
addCommands(root, {} as CliContext);

/** The command that words lead to, with the words that are left. */
function follow(command: Command, [word, ...rest]: readonly string[]): { readonly command: Command; readonly left: readonly string[] } {
  const next = command.commands.find((each) => each.name() === word);
  return next ? follow(next, rest) : { command, left: word === undefined ? [] : [word, ...rest] };
}

function optionsOf(command: Command): string[] {
  return [...command.options.map(({ long }) => long!), ...command.commands.flatMap(optionsOf)];
}

/** Every command line that it shows, without what a shell makes of it; what a reader fills in is a word. */
const told = [...README.matchAll(/(?:openclaw fortress|fortress\.mjs) ([^`#|&\n]+)/g)].map(([, words]) => words!.replaceAll(/\[[^\]]+\]|<[^>]+>/g, "word").trim());

/** Reads a command line as the program does, and does nothing. @throws CommanderError for wrong usage */
async function read(words: string): Promise<void> {
  const program = endUsage(new Command("fortress").configureOutput({ writeErr: () => {} }));
  addCommands(program, {} as CliContext);
  const idle = (command: Command): void => void (command.commands.length === 0 ? command.action(() => {}) : command.commands.forEach(idle));
  idle(program);
  await program.parseAsync(words.split(/\s+/), { from: "user" });
}

describe("the README", () => {
  it.each([...new Set(told)])("names a command that the program takes: fortress %s", async (words) => {
    // A group stands for its commands, which are named beside it.
    const { command, left } = follow(root, words.split(/\s+/));
    expect(command, words).not.toBe(root);
    if (command.commands.length > 0) expect(left, words).toEqual([]);
    else await read(words);
  });

  it("would not be taken with a command, an option or an argument that there is not", async () => {
    expect(told.length).toBeGreaterThan(30);
    for (const words of ["statsu", "status --fully", "backup restore --into", "service print --for", "mounts main word", "explain"]) await expect(read(words), words).rejects.toThrow();
  });

  it("has a configuration as an example, which is a right one", () => {
    const [example, ...others] = fenced("Configuration", "json5");
    const { config } = JSON5.parse<{ plugins: { entries: { fortress: { config: unknown } } } }>(example!).plugins.entries.fortress;
    expect(others).toEqual([]);
    expect(resolveConfig(config, "/home/ada")).toMatchObject({ limits: { memory: 4 * 2 ** 30, cpus: 2 }, secrets: { grants: { main: ["OPENAI_*"], "*": [] } } });
  });

  it("names the options and subcommands that a command of its table has, and every command", () => {
    const rows = [...README.matchAll(/^\| `openclaw fortress ([^`]+)` \| (.*) \|$/gm)].map(([, words, says]) => ({ words: words!, says: says! }));
    for (const { words, says } of rows) {
      const { command } = follow(root, words.split(/\s+/));
      const group = command.parent === root ? command : command.parent!;
      for (const [option] of says.matchAll(/--[a-z-]+/g)) expect(optionsOf(group), words).toContain(option);
      for (const [, word] of says.matchAll(/`([a-z]+)`/g)) expect(group.commands.map((each) => each.name()), words).toContain(word);
    }
    expect(new Set(rows.map(({ words }) => words.split(" ")[0]))).toEqual(new Set(root.commands.map((command) => command.name())));
  });

  it("is not alone: remedies name commands that there are, too", () => {
    const source = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
    const named = source.flatMap((path) => [...readFileSync(join(ROOT, "src", path), "utf8").matchAll(/openclaw fortress((?: (?:--)?[a-z][a-z-]*)+)/g)].map(([, words]) => words!.trim()));
    expect(named.length).toBeGreaterThan(20);
    for (const words of named) {
      const { command, left } = follow(root, words.split(" "));
      expect(command, words).not.toBe(root);
      expect(left.filter((word) => word.startsWith("--") && !optionsOf(command).includes(word)), words).toEqual([]);
    }
  });

  it("names words of the chat that there are", () => {
    const words = [...README.matchAll(/\/fortress(?:_owner)? ([a-z]+)/g)].map(([, word]) => word!);
    expect(words.length).toBeGreaterThan(5);
    expect(VERBS.map(({ name }) => name)).toEqual(expect.arrayContaining([...new Set(words)]));
  });

  it("leads to what is there", () => {
    const places = [...README.matchAll(/(?:\]\(|src=")([^)"#]+)/g)].map(([, place]) => place!).filter((place) => !place.startsWith("https:"));
    expect(places.filter((place) => !existsSync(join(ROOT, place)))).toEqual([]);
    const pictures = places.filter((place) => place.endsWith(".png"));
    expect(pictures.filter((place) => statSync(join(ROOT, place)).size > 200_000)).toEqual([]);
  });

  it("counts the checks", () => {
    const counts = [...README.matchAll(/(\d+) checks/g)].map(([, count]) => Number(count));
    expect(counts).toEqual(counts.map(() => CATALOG.length));
    expect(counts.length).toBeGreaterThan(0);
  });
});
