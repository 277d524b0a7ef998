import { mkdir, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SCHEMAS } from "../../src/cli/schema/table.ts";
import type { VerificationJson } from "../../src/report/verification/json.ts";
import { expectSchema } from "../fixtures/report.ts";
import { countEngineCalls } from "../support/engine-calls.ts";
import { installByReadme, runOfReadme, SECRET } from "../support/first-use.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { fenced } from "../support/readme.ts";
import { prepareEngine } from "../support/setup.ts";
import { type FakeTelegram, startTelegram } from "../support/telegram.ts";
import { onTerminal } from "../support/terminal.ts";

/** The program beside OpenClaw's, where the README installs it. */
const program = (): string => join(gateway.stateDir, "extensions/fortress/bin/fortress.mjs");

/** One gateway, set up as the README says, whose agents differ in whether they may ask for the status. */
let model: ScriptedModel;
let telegram: FakeTelegram;
let gateway: Gateway;

const READER = 111;
const OWNER = 222;
const STRANGER = 333;

const MAY_ASK = { tools: { sandbox: { tools: { alsoAllow: ["fortress_status"] } } } };

beforeAll(async () => {
  model = await startScriptedModel();
  telegram = await startTelegram();
  gateway = await startGateway({
    engine: await prepareEngine({ log: () => {} }),
    model,
    seed: installByReadme,
    env: { OPENCLAW_SKIP_CHANNELS: "" },
    config: {
      agents: { entries: { main: { default: true }, curious: MAY_ASK, open: { sandbox: { mode: "off" } } } },
      channels: { telegram: { enabled: true, botToken: "1:test", apiRoot: telegram.url, dmPolicy: "allowlist", allowFrom: [String(READER), String(OWNER)] } },
      commands: { ownerAllowFrom: [`telegram:${OWNER}`] },
    },
  });
  await gateway.exec("true");
  await gateway.exec("true", { agent: "curious" });
});
afterAll(async () => {
  await gateway?.dispose();
  await model?.close();
  await telegram?.[Symbol.asyncDispose]();
});

describe("a new user who follows the README", () => {
  it("has sandboxes by the configuration of its example, and a secret where that grants one", async () => {
    const asked = 'echo "key of ${#OPENAI_API_KEY}"';
    expect([await gateway.exec(asked), await gateway.exec(asked, { agent: "curious" })]).toEqual([expect.stringContaining(`key of ${SECRET.length}`), expect.stringContaining("key of 0")]);
    const status = await gateway.chat("/fortress status full");
    expect(status).toMatch(/\n {2}memory +4 GiB \(wanted 4 GiB\)\n[^]*\n {2}PIDs +256 /);
    expect(status).toMatch(/\n {2}main: OPENAI_API_KEY\n {2}curious: none\n/);
  });

  it("can run every command of the section on backups that needs no stopped gateway", async () => {
    const lines = fenced("Backups", "sh")[0]!.trim().split("\n").map((line) => line.replace(" [set]", ""));
    // Without the seconds that OpenClaw takes to start; the README says that they are the same.
    const quick = 'openclaw() { shift; "$NODE" ~/.openclaw/extensions/fortress/bin/fortress.mjs "$@"; }\n';
    for (const line of lines.filter((each) => !each.includes("--into-place"))) {
      expect(await runOfReadme(`${quick}${line}`, gateway.home, { ...gateway.engine.env, NODE: process.execPath }), line).not.toMatch(/^error: /m);
    }
    expect(await runOfReadme("ls ~/restored/state/openclaw.sqlite ~/restored-file/*", gateway.home)).toContain("restored-file/");
  });
});

describe("people in a channel", () => {
  /** What the bot answers a person to this. */
  async function answer(person: number, text: string): Promise<string> {
    const before = telegram.sent.length;
    telegram.say(person, text);
    const fresh = (): string[] => telegram.sent.slice(before).filter(({ chat }) => chat === String(person)).map((each) => each.text);
    await expect.poll(() => fresh().join("\n"), { timeout: 120_000, interval: 500 }).not.toBe("");
    return fresh().join("\n");
  }

  it("are answered where they may read, and pointed to the nearest word", async () => {
    expect(await answer(READER, "/fortress")).toMatch(/^fortress: EXPOSED[^]*Agent open is not sandboxed/);
    expect(await answer(READER, "/fortress statsu")).toMatch(/did you mean \/fortress status\?/);
    expect(await answer(READER, "/fortress help")).toMatch(/^\/fortress status: /);
    expect(await answer(READER, "/fortress log")).toMatch(/\S/);
  });

  it("learn nothing from the words of owners unless they are one", async () => {
    const refusal = await answer(READER, "/fortress lockdown");
    expect(refusal).toMatch(/^fortress: only owners/);
    expect(await answer(READER, "/fortress thaw")).toBe(refusal);
    expect(await answer(READER, "/fortress_owner lockdown")).not.toMatch(/LOCKDOWN|sandbox/i);
    expect(await answer(OWNER, "/fortress_owner backup list")).toMatch(/backup|verified/);
    expect(await answer(OWNER, "/fortress_owner status")).toMatch(/^fortress: EXPOSED/);
  });

  it("get no answer where nobody let them in", async () => {
    telegram.say(STRANGER, "/fortress status");
    // Updates are taken in their order: who comes after was answered after.
    await answer(OWNER, "/fortress help");
    expect(telegram.sent.filter(({ chat, text }) => chat === String(STRANGER) && /fortress|sandbox/i.test(text))).toEqual([]);
  });
});

describe("a model that follows the skill", () => {
  /** What the skill tells it to call first. */
  async function toolOfSkill(agent: string): Promise<string> {
    const skill = agent === "open" ? await readFile(join(gateway.stateDir, "plugin-skills/fortress-status/SKILL.md"), "utf8") : await gateway.exec("cat /workspace/.openclaw/sandbox-skills/skills/fortress-status/SKILL.md", { agent });
    return /Call the tool `(\w+)`/.exec(skill)![1]!;
  }

  it("reads its own sandbox, from inside one that may ask", async () => {
    const status = await gateway.tool(await toolOfSkill("curious"), {}, { agent: "curious" });
    expect(status).toMatch(/^fortress: EXPOSED/);
    expect(status).toContain("agent curious, running");
    expect(status).not.toContain("agent main, running");
    // "When was the last backup?"
    expect(status).toMatch(/^backup: (none yet|\d{4}-)/m);
    expect(status).not.toContain("openclaw-backups");
  });

  it("reads it from an unsandboxed session as well", async () => {
    const status = await gateway.tool(await toolOfSkill("open"), {}, { agent: "open" });
    expect(status).toContain("Agent open is not sandboxed");
  });

  it("has no such tool where the operator did not allow it, and the status says what to run", async () => {
    const { text } = await gateway.turn(callMarker(await toolOfSkill("main"), {}));
    expect(text).not.toMatch(/HARDENED|ATTENTION|EXPOSED/);
    const status = await gateway.chat("/fortress status full");
    expect(status).toContain("Sandboxed sessions of main have no tool fortress_status");
    expect(status).toContain("openclaw config set tools.sandbox.tools.alsoAllow");
  });
});

describe("programs", () => {
  it("get the whole report by its schema over the gateway, with the scope for reading", async () => {
    const report = await gateway.call("fortress.status", {}, { scopes: ["operator.read"] });
    expectSchema(report);
    expect(report.sandboxes.map(({ agentId }) => agentId).sort()).toEqual(["curious", "main"]);
    expect(report.findings.map(({ id }) => id)).toContain("host.sandbox-off");
    await expect(gateway.call("fortress.status", {}, { scopes: ["operator.approvals"] })).rejects.toThrow(/scope/);
  });

  it("prove it over the gateway, with the scope of owners and no other", async () => {
    const asked = { agent: "curious", check: ["namespace.net", "guide.credentials"] };
    const { verdict, examinations } = await gateway.call<VerificationJson>("fortress.verify", asked, { scopes: ["operator.admin"] });
    expect({ verdict, examinations }).toMatchObject({ verdict: "hardened", examinations: [{ agentId: "curious", results: [{ state: "pass" }, { state: "pass" }] }] });
    await expect(gateway.call("fortress.verify", { check: "namespace.net" }, { scopes: ["operator.admin"] })).rejects.toThrow(/params\.check/);
    await expect(gateway.call("fortress.verify", asked, { scopes: ["operator.read", "operator.write"] })).rejects.toThrow(/scope/);
  });

  it("get it from the command, and the verdict as exit code", async () => {
    const { stdout, exitCode } = await gateway.cli(["fortress", "status", "--json"]);
    expectSchema(JSON.parse(stdout));
    expect(exitCode).toBe(1);
    expect((await gateway.cli(["fortress", "statsu"])).exitCode).toBe(2);
    const schema = await gateway.cli(["fortress", "explain", "--schema"]);
    expect([schema.exitCode, JSON.parse(schema.stdout)]).toEqual([0, expect.objectContaining({ title: "openclaw fortress explain --json" })]);
  });
});

describe("a shell", () => {
  /** What bash offers for the last of these words. */
  async function offered(script: string, ...words: string[]): Promise<string[]> {
    const complete = 'eval "$(cat)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; _openclaw_completion openclaw "${!#}"; printf "%s\\n" "${COMPREPLY[@]}"';
    return (await execa("bash", ["-c", complete, "bash", ...words], { input: script })).stdout.split("\n");
  }

  it("completes every command by OpenClaw's own completion, whose help names it", async () => {
    const { stdout } = await gateway.cli(["completion", "--shell", "bash"]);
    expect(await offered(stdout, "openclaw", "fortr")).toEqual(["fortress"]);
    for (const words of Object.keys(SCHEMAS)) {
      const [name, ...parents] = words.split(" ").toReversed();
      expect(await offered(stdout, "openclaw", "fortress", ...parents.toReversed(), name!.slice(0, -1)), words).toContain(name);
    }
    expect(await offered(stdout, "openclaw", "fortress", "backup", "restore", "--i")).toEqual(expect.arrayContaining(["--identity", "--into-place"]));
    expect((await gateway.cli(["--help"])).stdout).toMatch(/^ +fortress .*Structural isolation of agent sandboxes$/m);
  });
});

describe("the program that needs no OpenClaw", () => {
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    execa(process.execPath, [program(), ...args], { env: { ...gateway.engine.env, HOME: gateway.home, PATH: process.env.PATH, ...env }, extendEnv: false, reject: false });

  it("sees the same sandboxes, and writes no colours into a pipe", async () => {
    const { stdout, stderr, exitCode } = await run(["status"]);
    expect([stderr, exitCode]).toEqual(["", 1]);
    expect(stdout).toMatch(/^fortress: EXPOSED[^]*\nAGENT +ENGINE +STATE/);
    expect(stdout).toMatch(/\nmain +podman +running +3 /);
    expect(stdout).not.toContain("\u001b");
    const report: unknown = JSON.parse((await run(["status", "--json"])).stdout);
    expectSchema(report);
    const { sandboxes } = await gateway.call<{ sandboxes: { name: string; mounts: unknown }[] }>("fortress.status");
    expect(report.sandboxes.map(({ name, mounts }) => ({ name, mounts }))).toEqual(sandboxes.map(({ name, mounts }) => ({ name, mounts })));
  });

  it("has its table and colours on a terminal, wide or narrow", async () => {
    const show = async (words: readonly string[], columns: number): Promise<string> => (await onTerminal([process.execPath, program(), ...words], { columns, env: { ...gateway.engine.env, HOME: gateway.home, PATH: process.env.PATH } })).text;
    const wide = await show(["status"], 200);
    expect(wide).toMatch(/^fortress: \u001b\[31mEXPOSED\u001b\[39m/);
    expect(wide).toMatch(/\nAGENT +ENGINE +STATE .*\nmain +podman +running +3 /);
    const narrow = await show(["status"], 40);
    expect(narrow).toMatch(/\nAGENT +main\nENGINE +podman\nSTATE +running\nRW +3\n/);
    expect(await show(["explain", "main"], 40)).toMatch(/\n +PATH IN THE SANDBOX +\/agent-workspace\n +PLANNED +rw\n +KERNEL +rw\n/);
  });

  it.each(["mounts", "explain main", "verify", "health", "secrets list", "secrets check", "secrets migrate", "service print", "backup create", "backup list", "backup verify", "backup prune", "maintenance --only containers", "sweep", "lockdown", "thaw", "log"])("prints JSON by its schema: %s", async (words) => {
    const [, schema] = Object.entries(SCHEMAS).find(([command]) => `${words} `.startsWith(`${command} `))!;
    const { stdout } = await run([...words.split(" "), "--json"]);
    expect([...Value.Errors(schema, JSON.parse(stdout))].map(({ path, message }) => `${path}: ${message}`), stdout.slice(0, 400)).toEqual([]);
  });

  it("answers at once: it asks the engine and the runtime what it must, and is read from few files", async () => {
    const calls = await countEngineCalls("podman");
    const count = `import { registerHooks } from "node:module"; let files = 0; registerHooks({ load: (url, context, next) => (files += url.startsWith("file:"), next(url, context)) }); process.on("exit", () => console.error(files));`;
    try {
      const { stdout, stderr } = await run(["status"], { PATH: [calls.folder, process.env.PATH].join(delimiter), NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(count)}` });
      expect(stdout).toMatch(/\nmain +podman +running /);
      expect(await calls.take()).toEqual(["inspect", "ps"]);
      // Hundreds before they were put together: that took longer than all the rest.
      expect(Number(stderr)).toBeLessThan(60);
    } finally {
      await calls.remove();
    }
  });

  it("explains every mount of a sandbox as planned, and what differs once the plan is another one", async () => {
    const { stdout, exitCode } = await run(["explain", "main"]);
    expect(stdout).toMatch(/\/agent-workspace +rw +rw +the sandbox's workspace/);
    expect(stdout).toMatch(/pids 256, wanted 256, in use \d+ +limits\.pids/);
    expect([exitCode, stdout]).toEqual([0, expect.not.stringContaining("✗")]);
    await mkdir(join(gateway.stateDir, "tools"));
    const changed = await run(["explain", "main"]);
    expect(changed.stdout).toMatch(/✗ +\S+\/tools +ro +- +programs that skills installed/);
    expect(changed.exitCode).toBe(1);
  });
});
