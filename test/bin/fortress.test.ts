import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { tempDir } from "../fixtures/temp.ts";
import { onTerminal } from "../support/terminal.ts";

// Each test starts a process that compiles the sources as it loads them.
vi.setConfig({ testTimeout: 120_000 });

const BIN = join(import.meta.dirname, "../../src/bin/fortress.mts");
/** Fails on every import of OpenClaw: the gateway's machine may have none, and it takes seconds to load. */
const WITHOUT_OPENCLAW = `data:text/javascript,${encodeURIComponent(`import { registerHooks } from "node:module";
registerHooks({ resolve(name, context, next) { if (/^openclaw(\\/|$)/.test(name)) throw new Error("imports " + name); return next(name, context); } });`)}`;

const run = (home: string, ...args: string[]) => runBy([], home, ...args);

async function runBy(options: string[], home: string, ...args: string[]) {
  return execa(process.execPath, [...options, "--import", WITHOUT_OPENCLAW, BIN, ...args], { env: { HOME: home, PATH: process.env.PATH }, extendEnv: false, reject: false });
}

/** A home with a configuration in JSON5 whose agents stand in an included file. */
function home(config = "{ plugins: { entries: { fortress: { enabled: true } } }, agents: { $include: './agents.json5' }, }"): string {
  const directory = tempDir();
  mkdirSync(join(directory, ".openclaw"));
  writeFileSync(join(directory, ".openclaw/openclaw.json"), config);
  writeFileSync(join(directory, ".openclaw/agents.json5"), "{ entries: { main: {}, ops: {} } }");
  const secrets = join(directory, ".config/openclaw-secrets");
  mkdirSync(secrets, { recursive: true, mode: 0o700 });
  writeFileSync(join(secrets, "secrets.env"), "A_KEY=canary-8f1\n", { mode: 0o600 });
  return directory;
}

it("runs the commands on the real configuration, without OpenClaw", async () => {
  const { stdout, stderr, exitCode } = await run(home(), "secrets", "list");
  expect({ stdout, stderr, exitCode }).toEqual({ stdout: "A_KEY  file         main, ops", stderr: "", exitCode: 0 });
});

it("says what the configuration says of sandboxes", async () => {
  const { stdout, exitCode } = await run(home(), "status", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ verdict: "exposed", findings: [{ id: "host.sandbox-off" }, { id: "host.sandbox-off" }] });
  expect(exitCode).toBe(1);
});

it.each([
  ["in its folder, which is the user's alone", 0o700, ["compile-cache"]],
  ["nowhere if others may write there", 0o770, []],
  ["nowhere if there is none", undefined, undefined],
])("keeps what it compiles %s", async (_, mode, files) => {
  const directory = home();
  const folder = join(directory, ".openclaw/fortress");
  if (mode !== undefined) {
    mkdirSync(folder);
    chmodSync(folder, mode);
  }
  expect((await run(directory, "secrets", "list")).exitCode).toBe(0);
  expect(existsSync(folder) ? readdirSync(folder) : undefined).toEqual(files);
});

it("refuses to guess at a configuration that it can't read", async () => {
  const { stderr, exitCode } = await run(home("{ token: canary-8f1"), "status");
  expect(stderr).toMatch(/^error: OpenClaw's configuration .*openclaw\.json can't be read: it is not JSON5\.\n {2}→ /);
  expect(stderr).not.toContain("canary");
  expect(exitCode).toBe(2);
});

it.each<[string, string[], string, number]>([
  ["a command", ["secrets", "list"], "error: ", 2],
  ["a look at the gateway", ["health"], "", 3],
])("says in one line that the state directory can't be looked at: %s", async (_, args, begin, code) => {
  const directory = tempDir();
  // No user may look behind it, root neither.
  symlinkSync(".openclaw", join(directory, ".openclaw"));
  const { stdout, stderr, exitCode } = await run(directory, ...args);
  expect(stdout + stderr).toMatch(new RegExp(`^${begin}.*OpenClaw's configuration \\S+ can't be read: ELOOP\\.(\n  → .*)?$`));
  expect(exitCode).toBe(code);
});

it.each([false, true])("asks the gateway where the configuration has it; with a certificate of its own: %s", async (tls) => {
  const directory = home();
  const answer = JSON.stringify({ ok: true, status: "live", ready: false, failing: ["telegram"] });
  const server = tls ? createSecureServer(await certificate(directory)) : createServer();
  server.on("request", (_, response) => void response.end(answer)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(directory, ".openclaw/openclaw.json"), `{ gateway: { $include: "./gateway.json5" } }`);
  writeFileSync(join(directory, ".openclaw/gateway.json5"), `{ port: ${port}, tls: { enabled: ${tls} } }`);

  const { stdout, exitCode } = await run(directory, "health", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ state: "live", port, readiness: { ready: false, failing: ["telegram"] }, decision: { action: "none" } });
  expect(exitCode).toBe(0);
  expect((await run(directory, "health")).stdout).toBe("live: The gateway answers.\n! Not ready: telegram.");
});

async function certificate(directory: string): Promise<{ key: Buffer; cert: Buffer }> {
  await execa`openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${join(directory, "key")} -out ${join(directory, "cert")} -days 1 -subj /CN=gateway`;
  return { key: readFileSync(join(directory, "key")), cert: readFileSync(join(directory, "cert")) };
}

it.each(["statsu", "status --nope", "explain", "backup", "backup prune --nope", "service", ""])("ends wrong usage with a code of its own: fortress %s", async (words) => {
  const { stdout, stderr, exitCode } = await run(home(), ...words.split(" ").filter(Boolean));
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
  expect(stderr).toMatch(/^(error: |Usage: fortress)/);
});

it.each(["--help", "help", "backup restore --help"])("shows its help when it is asked to: fortress %s", async (words) => {
  const { stdout, stderr, exitCode } = await run(home(), ...words.split(" "));
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(stdout).toMatch(/^Usage: fortress/);
});

describe("where it writes to", () => {
  const env = (directory: string, more: Record<string, string> = {}) => ({ HOME: directory, PATH: process.env.PATH, ...more });
  const shown = (directory: string, words: string, more: Record<string, string> = {}) => onTerminal([process.execPath, "--import", WITHOUT_OPENCLAW, BIN, ...words.split(" ")], { columns: 80, env: env(directory, more) });
  /** In a pipeline of a shell; `$fortress` is the program. */
  const piped = (directory: string, line: string) => execa("bash", ["-c", `set -o pipefail; fortress() { "$NODE" --import "$GUARD" "$BIN" "$@"; }; ${line}`], { env: env(directory, { NODE: process.execPath, GUARD: WITHOUT_OPENCLAW, BIN }), extendEnv: false, reject: false });

  it.each<[string, Record<string, string>, boolean]>([
    ["has colours", {}, true],
    ["has colours, also where NO_COLOR is empty", { NO_COLOR: "" }, true],
    ["has none where NO_COLOR is set", { NO_COLOR: "1" }, false],
  ])("is a terminal, which %s", async (_, more, colours) => {
    const directory = home();
    const { text, exitCode } = await shown(directory, "status", more);
    expect([exitCode, text.includes("\u001b[31mEXPOSED\u001b[39m"), text.includes("\u001b")]).toEqual([1, colours, colours]);
    // Else the same words, but for what the clock says.
    const words = (written: string): string => stripVTControlCharacters(written).replace(/next \S+ \S+/, "").trim();
    expect(words(text)).toBe(words((await run(directory, "status")).stdout));
  });

  it("is a terminal: an error is one message with its remedy there, too", async () => {
    expect(await shown(home("{ token: canary-8f1"), "status")).toEqual({ text: expect.stringMatching(/^error: OpenClaw's configuration .*\n {2}→ .*$/) as string, exitCode: 2 });
  });

  it("is a pipe, whose reader goes away", async () => {
    const directory = home();
    expect(await piped(directory, "fortress status | head -n 1")).toMatchObject({ stdout: expect.stringMatching(/^fortress: EXPOSED[^\n]*$/) as string, stderr: "" });
    // Nobody reads at all: the code is still that of the verdict.
    expect(await piped(directory, "fortress status --json | true")).toMatchObject({ stdout: "", stderr: "", exitCode: 1 });
    expect(await piped(directory, "fortress nonsense 2>&1 | true")).toMatchObject({ stdout: "", stderr: "", exitCode: 2 });
  });

  it("is full", async () => {
    expect(await piped(home(), "fortress secrets list > /dev/full")).toMatchObject({ stderr: "fortress: the output can't be written: ENOSPC. Remedy: make room, or write it elsewhere.", exitCode: 2 });
  });
});

it("searches for the secrets that only the gateway sees, when the gateway hands them over", async () => {
  const directory = home(`{ agents: { defaults: { workspace: "~/work" } }, plugins: { entries: { fortress: { enabled: true, config: { secrets: { values: { REF_KEY: { source: "env", provider: "default", id: "X" } }, fromEnvironment: ["ENV_KEY"] } } } } } }`);
  mkdirSync(join(directory, "work"));
  writeFileSync(join(directory, "work/a.txt"), "canary-of-a-reference and canary-of-the-environment");
  const handed = { pluginConfig: { secrets: { values: { REF_KEY: "canary-of-a-reference" }, fromEnvironment: ["ENV_KEY"] } } };
  const args = ["maintenance", "--only", "leaks", "--json"];
  const run = (more: string[], input: string) => execa(process.execPath, ["--import", WITHOUT_OPENCLAW, BIN, ...args, ...more], { env: { HOME: directory, PATH: process.env.PATH, ENV_KEY: "canary-of-the-environment" }, extendEnv: false, reject: false, input });

  const gateway = await run(["--gateway"], JSON.stringify(handed));
  expect(gateway.stdout).not.toContain("canary");
  const { steps } = JSON.parse(gateway.stdout) as { steps: { findings: { detail: string }[] }[] };
  // The machine's own OpenClaw may have logs, too.
  expect(steps[0]!.findings.filter(({ detail }) => detail.includes(directory)).map(({ detail }) => /value of (\w+)/.exec(detail)?.[1])).toEqual(["REF_KEY", "ENV_KEY"]);
  expect(gateway.exitCode).toBe(1);

  const byHand = await run([], "");
  expect(JSON.parse(byHand.stdout)).toMatchObject({ steps: [{ outcome: "partial", findings: [{ id: "secrets.unsearched" }] }] });
  expect(byHand.exitCode).toBe(3);
});

it.each([
  ["20.20.2", false],
  ["24.15.9", false],
  ["24.16.0", true],
  ["26.0.0", true],
])("says of Node %s whether it is too old", async (version, runs) => {
  const asIf = `data:text/javascript,${encodeURIComponent(`Object.defineProperty(process.versions, "node", { value: "${version}" })`)}`;
  const { stdout, stderr, exitCode } = await runBy(["--import", asIf], home(), "secrets", "list", "--json");
  expect([exitCode, stdout !== ""]).toEqual([runs ? 0 : 2, runs]);
  expect(stderr).toBe(runs ? "" : `fortress: Node ${version} is too old; it needs 24.16 or newer. Remedy: run it by the Node that runs OpenClaw.`);
});
