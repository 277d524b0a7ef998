import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TSchema } from "@sinclair/typebox";
import { Value } from "@sinclair/typebox/value";
import { Command, CommanderError } from "commander";
import { describe, expect, it, vi } from "vitest";
import type { CliContext } from "../../src/cli/command.ts";
import { SCHEMAS } from "../../src/cli/schema/table.ts";
import { addCommands } from "../../src/cli/tree.ts";
import type { ServiceManager } from "../../src/edge/service-manager.ts";
import { createServiceFlow } from "../../src/flows/service.ts";
import { backupEdge } from "../../src/host/backup-edges.ts";
import { serviceEdges } from "../../src/host/service-edges.ts";
import type { HealthReport } from "../../src/model/gateway.ts";
import { container } from "../fixtures/container.ts";
import { kernelMount } from "../fixtures/kernel.ts";
import { secretWorld } from "../fixtures/world.ts";

// Backups are made by processes of their own, which compile the sources as they load them.
vi.setConfig({ testTimeout: 120_000 });

/** @returns `code` as the process would end with */
async function run(words: string, context: Partial<CliContext> = {}): Promise<{ out: string; code: number }> {
  let out = "";
  let code = 0;
  const program = new Command().exitOverride();
  addCommands(program, { hostFacts: vi.fn(), terminal: { out: (text) => void (out += text), err: () => {}, interactive: false }, exit: (ended) => void (code = ended), ...context } as CliContext);
  await program.parseAsync(words.split(" "), { from: "user" }).catch((error: unknown) => {
    if (!(error instanceof CommanderError)) throw error;
    code = error.exitCode;
  });
  return { out, code };
}

/** The words of every command that takes `--json`. */
function commandsWithJson(): string[] {
  const root = new Command();
  addCommands(root, {} as CliContext);
  const below = (command: Command, words: readonly string[]): string[] => [...(command.options.some(({ long }) => long === "--json") ? [words.join(" ")] : []), ...command.commands.flatMap((each) => below(each, [...words, each.name()]))];
  return below(root, []);
}

const unlike = (schema: TSchema, json: unknown): string[] => [...Value.Errors(schema, json)].map(({ path, message }) => `${path}: ${message}`);

describe("--schema", () => {
  it("is there beside every --json", () => {
    expect(Object.keys(SCHEMAS).toSorted()).toEqual(commandsWithJson().toSorted());
  });

  it.each(Object.keys(SCHEMAS))("of %s is printed without anything else that the command needs, and names every field", async (words) => {
    const { out, code } = await run(`${words} --schema`);
    const schema = JSON.parse(out) as Record<string, unknown>;
    expect(code).toBe(0);
    expect(schema.title).toMatch(words === "status" ? "Report of openclaw-fortress" : `openclaw fortress ${words}`);
    const objects: unknown[] = [];
    JSON.stringify(schema, (_, each: unknown) => ((each as { type?: unknown } | null)?.type === "object" && objects.push(each), each));
    expect(objects.length).toBeGreaterThan(0);
    for (const each of objects) expect(each).toMatchObject({ additionalProperties: false });
  });
});

const HEALTH: HealthReport = {
  state: "down",
  because: "It gives no answer.",
  port: 18_789,
  readiness: { ready: false, failing: ["telegram"] },
  failures: 3,
  decision: { action: "restart", because: "Three failures in a row." },
  outcome: "It is starting.",
  evidence: "/evidence/1.json",
};

/** A gateway with two agents, one sandbox that differs from its plan, secrets, and systemd. */
function world() {
  const { home, ...made } = secretWorld(
    "A_KEY=canary-3f7d20\nB=1\n",
    { fromEnvironment: ["E"], grants: { main: ["A_*"], ops: ["C_*"] } },
    { isVisible: () => true, readMounts: (pid) => (pid === "self" ? [] : [kernelMount("/workspace", "rw", home.workspace), kernelMount("/odd", "ro")]), backup: { ...backupEdge(join(import.meta.dirname, "../../src")), endpoint: () => ({ port: 1, tls: false }) } },
    { backups: { workspaces: "1m" } },
  );
  home.write(".openclaw/openclaw.json", "{}");
  home.write(".openclaw/secrets.env", "D_KEY=canary-77ab01\n");
  home.write(".openclaw/workspace/notes", "canary-3f7d20");
  made.state.containers = [container({ labels: { "openclaw.sessionKey": "agent:main:main" }, binds: [{ source: home.workspace, target: "/workspace", mode: "rw" }] }), container({ id: "d".repeat(64), name: "old", running: false, labels: { "openclaw.sessionKey": "agent:main:old" }, binds: [{ source: home.workspace, target: "/workspace", mode: "rw" }] })];
  const settings = { access: "rw", workdir: "/workspace", binds: [], externalBindsAllowed: false, reservedTargetsAllowed: false, nativeLimits: {} } as const;
  const manager = { control: async () => ({ code: 0, stdout: "", stderr: "", timedOut: false, missing: false }), show: async (unit: string) => (unit.endsWith(".timer") ? "ActiveState=active\n" : "Result=success\nExecMainStatus=0\n") } as unknown as ServiceManager;
  const programDir = join(home.dir, "fortress");
  mkdirSync(join(programDir, "bin"), { recursive: true });
  writeFileSync(join(programDir, "bin/fortress.mjs"), "");
  const context: Partial<CliContext> = {
    fortress: made.fortress,
    hostFacts: () => ({ ...made.host(), agents: new Map([["main", settings], ["ops", settings]]) }),
    health: async () => HEALTH,
    service: () => createServiceFlow({ ...serviceEdges(home.dir, home.stateDir, programDir), manager, unitFolder: join(home.dir, "units"), lingers: async () => false }),
    notify: async () => {},
    notifyRoutes: () => [{ kind: "command", send: () => Promise.reject(new Error("ENOENT")) }, { kind: "webhook", send: async () => {} }],
  };
  return { home, state: made.state, context };
}

/** Every command as it is used, with all that it may print; in this order, on one gateway. */
const USES = [
  "status", "mounts", "explain main", "explain ops", "verify", "verify --quick", "health", "secrets list", "secrets check", "secrets migrate", "secrets migrate --apply", "secrets scan",
  "backup create", "backup list", "backup verify", "backup restore --drill", "backup restore --to RESTORED", "backup prune --dry-run", "backup prune",
  "maintenance --list", "maintenance --only drill", "maintenance", "maintenance --timer", "sweep", "lockdown", "status", "thaw", "notify", "notify --test",
  "service print", "service print --for launchd", "service install --dry-run", "service install", "service status", "service uninstall", "log", "log --last 1",
];

describe("--json", () => {
  it("is what the schema of its command says, and holds no value of a secret", async () => {
    const { home, context } = world();
    const used = new Set<string>();
    for (const use of USES) {
      const { out } = await run(`${use.replace("RESTORED", home.path("restored"))} --json`, context);
      const words = Object.keys(SCHEMAS).find((each) => `${use} `.startsWith(`${each} `))!;
      expect(unlike(SCHEMAS[words]!, JSON.parse(out)), `${use}: ${out.slice(0, 400)}`).toEqual([]);
      expect(out).not.toContain("canary-");
      used.add(words);
    }
    expect([...used].toSorted()).toEqual(Object.keys(SCHEMAS).toSorted());
  });

  it("is so also where something is damaged, down or not to be done", async () => {
    const { home, state, context } = world();
    home.write(".openclaw/state/x.sqlite", "no database");
    for (const use of ["backup create", "backup list"]) expect(unlike(SCHEMAS[use]!, JSON.parse((await run(`${use} --json`, context)).out))).toEqual([]);
    writeFileSync(join(home.stateDir, "fortress/ledger.jsonl"), "x\n");
    state.engineDown = true;
    for (const use of ["log", "status", "mounts", "verify", "secrets scan", "lockdown"]) expect(unlike(SCHEMAS[use]!, JSON.parse((await run(`${use} --json`, context)).out)), use).toEqual([]);
    const live: Partial<CliContext> = { ...context, health: async () => ({ ...HEALTH, state: "live" }) };
    for (const use of ["sweep", "maintenance"]) expect(unlike(SCHEMAS[use]!, JSON.parse((await run(`${use} ${use === "sweep" ? "" : "--timer "}--json`, live)).out)), use).toEqual([]);
    expect(unlike(SCHEMAS.health!, JSON.parse(JSON.stringify({ ...HEALTH, state: "unknown", port: undefined, readiness: undefined, outcome: undefined, evidence: undefined })))).toEqual([]);
  });

  it("is one object with code, message and remedy where a command is refused", async () => {
    const { context } = world();
    for (const use of ["explain nobody", "backup verify none", "log --last 0", "service print --for x"]) {
      const { out, code } = await run(`${use} --json`, context);
      expect([code, JSON.parse(out)], use).toEqual([2, { error: { code: expect.any(String), message: expect.any(String), remedy: expect.any(String) } }]);
    }
  });
});
