import { chmodSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, it, vi } from "vitest";
import type { CliContext } from "../../src/cli/command.ts";
import { addSecrets } from "../../src/cli/secrets.ts";
import { secretWorld, type SecretWorld } from "../fixtures/world.ts";

const VALUE = "canary-3f7d20";

async function runCli(world: SecretWorld, args: string[], interactive = false) {
  const printed = { out: "", err: "" };
  const exit = vi.fn<CliContext["exit"]>();
  const program = new Command().exitOverride();
  addSecrets(program, { fortress: world.fortress, hostFacts: world.host, health: vi.fn(), service: vi.fn(), notify: vi.fn(), notifyRoutes: vi.fn(), terminal: { out: (text) => void (printed.out += text), err: (text) => void (printed.err += text), interactive }, exit });
  await program.parseAsync(["node", "openclaw", "secrets", ...args]);
  expect(printed.out + printed.err).not.toContain(VALUE);
  expect(exit).toHaveBeenCalledTimes(1);
  return { ...printed, code: exit.mock.lastCall![0] };
}

describe("list", () => {
  it("shows names, sources and agents", async () => {
    const world = secretWorld(`A_KEY=${VALUE}\nLONGER_KEY=1\n`, { fromEnvironment: ["E"], grants: { main: ["*"], ops: ["A_*"] } });
    expect(await runCli(world, ["list"])).toEqual({ code: 0, err: "", out: "A_KEY       file         main, ops\nE           environment  main  (only the gateway sees it)\nLONGER_KEY  file         main\n" });
    expect(JSON.parse((await runCli(world, ["list", "--json"])).out)).toMatchObject({ entries: [{ name: "A_KEY", source: "file", seen: true, agents: ["main", "ops"] }, { name: "E", seen: false }, {}] });
  });

  it("says where to put them when there are none", async () => {
    expect((await runCli(secretWorld(undefined), ["list"])).out).toMatch(/^No secrets\. Put them into .*secrets\.env/);
  });
});

describe("a store that is refused", () => {
  it.each(["list", "check"])("is an error of %s, not an empty one", async (command) => {
    const world = secretWorld(`A=${VALUE}\n`, { values: { B: VALUE } }, { secrets: { surroundings: () => ({ inGateway: true, environment: { E: "1" }, plaintext: [] }), agents: () => ["main"], onNew: () => {} } });
    chmodSync(world.store, 0o644);
    const { code, out } = await runCli(world, [command]);
    expect(code).toBe(1);
    expect(out).toMatch(/^B  config +main\n/);
    expect(out).toContain(`✗ secrets: ${world.store} has mode 0644; others may read or change it.\n  → chmod 0600 ${world.store}\n`);
    expect((await runCli(world, [command, "--json"])).code).toBe(1);

    const alone = secretWorld(`A=${VALUE}\n`);
    chmodSync(alone.store, 0o644);
    expect((await runCli(alone, [command])).out).toMatch(/^✗ secrets: /);
  });
});

describe("check", () => {
  it.each<[string, string, Record<string, unknown>, number, RegExp]>([
    ["all is well", `A=${VALUE}\n`, {}, 0, /as they should be/],
    ["a secret is nobody's", `A=${VALUE}\nB=1\n`, { grants: { main: ["A"] } }, 0, /! B is granted to no agent/],
    ["a pattern matches nothing", `A=${VALUE}\n`, { grants: { "*": ["A", "AWS_*"] } }, 0, /! secrets\.grants\.\*: AWS_\* matches no secret/],
    ["a secret is only the gateway's to see", `A=${VALUE}\n`, { fromEnvironment: ["E"] }, 3, /only the gateway sees it/],
    ["a grant is wrong", `A=${VALUE}\n`, { grants: { nobody: ["*"] } }, 1, /✗ secrets\.grants\.nobody.*\n {2}→ Agents are: main, ops/],
    ["the file is broken", `A='${VALUE}\n`, {}, 1, /✗ secrets file: line 1: the quotes of A do not match/],
  ])("where %s", async (_, text, config, code, output) => {
    const result = await runCli(secretWorld(text, config), ["check"]);
    expect(result.code).toBe(code);
    expect(result.out).toMatch(output);
    expect((await runCli(secretWorld(text, config), ["check", "--json"])).code).toBe(code);
  });

  it("shows each secret on a line of its own", async () => {
    expect((await runCli(secretWorld(`A=${VALUE}\nB=1\n`), ["check"])).out).toBe("A  file         main, ops\nB  file         main, ops\n\nThe store, the sources and the grants are as they should be.\n");
  });

  it("is refused on a wrong configuration", async () => {
    expect(await runCli(secretWorld("", { delivery: "argv" }), ["check"])).toMatchObject({ code: 2, out: "", err: expect.stringMatching(/^error: .*secrets\.delivery.*\n {2}→ /) as string });
  });
});

describe("scan", () => {
  it("is 0 when nothing was found, 1 with hits, 3 when something was not searched", async () => {
    const world = secretWorld(`A=${VALUE}\n`);
    expect(await runCli(world, ["scan"])).toMatchObject({ code: 0, out: expect.stringContaining("No secret was found.\n") as string });
    world.state.engineDown = true;
    expect(await runCli(world, ["scan"])).toMatchObject({ code: 3, out: expect.stringContaining("that is no proof") as string });
    world.home.write(".openclaw/workspace/bad\nname\u001b[31m", VALUE);
    const { code, out } = await runCli(world, ["scan"]);
    expect(code).toBe(1);
    expect(out).toContain(`✗ A (plain) in ${world.home.workspace}/bad?name?[31m\n`);
    expect(JSON.parse((await runCli(world, ["scan", "--json"])).out)).toMatchObject({ complete: false, hits: [{ name: "A" }] });
  });

  it.each(["0", "x", "-1", "1e9"])("refuses --minutes %s", async (minutes) => {
    expect(await runCli(secretWorld(""), ["scan", `--minutes=${minutes}`])).toMatchObject({ code: 2, err: expect.stringContaining("--minutes") as string });
  });

  it("shows progress to a person only", async () => {
    const world = secretWorld(`A=${VALUE}\n`);
    for (let index = 0; index < 500; index += 1) world.home.write(`.openclaw/workspace/${index}`, "x");
    expect((await runCli(world, ["scan"], true)).err).toContain("500 files, 499 B: ");
    expect((await runCli(world, ["scan"])).err).toBe("");
  });
});

describe("migrate", () => {
  it("shows what it would do unless it is told to", async () => {
    const world = secretWorld(undefined);
    world.home.write(".openclaw/secrets.env", `A=${VALUE}\n`);
    for (const args of [[], ["--dry-run"], ["--dry-run", "--apply"]]) expect((await runCli(world, ["migrate", ...args])).out).toMatch(/^Would do:\n.*\n.*add A to .*\nRun it with --apply to do this\.\n$/s);
    expect((await runCli(world, ["migrate", "--apply"])).out).toMatch(/^Done:\n/);
    expect((await runCli(world, ["migrate", "--apply"])).out).toMatch(/^Nothing to do/);
    expect(JSON.parse((await runCli(world, ["migrate", "--json"])).out)).toMatchObject({ applied: false, steps: [] });
  });

  it("is refused with the reason", async () => {
    const world = secretWorld(`A=${VALUE}\n`);
    world.home.write(".openclaw/secrets.env", "A=other\n");
    expect(await runCli(world, ["migrate", "--apply"])).toMatchObject({ code: 2, err: expect.stringContaining("another value already: A") as string });
    expect(JSON.parse((await runCli(world, ["migrate", "--json"])).out)).toMatchObject({ error: { code: "secrets-migration-refused" } });
  });
});
