import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { findOnDisk, findOnHost, watchArgv, type ArgvWatch } from "../support/leaks.ts";
import { secretsFile } from "../support/lived-in.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";
import { storageOf } from "../support/storage.ts";

const canary = (): string => `canary${randomBytes(18).toString("hex")}`;
const digest = (value: string): string => createHash("sha256").update(value).digest("hex");
/** Prints what tells that the value is there, and nothing of it. */
const tell = (name: string): string => `printf %s "$${name}" | sha256sum`;

describe("secrets, by every way in and out", () => {
  const since = Date.now();
  const MAIN = canary();
  const OPS = canary();
  const SHARED = `${canary()} with 'quotes', $dollars/"more" and\na second line`;
  const ROTATED = canary();
  const RENAMED = canary();
  const GATEWAY = canary();
  const REF = canary();
  const TREE = canary();
  const values = { MAIN, OPS, SHARED: SHARED.split(" ")[0]!, ROTATED, RENAMED, GATEWAY, REF, TREE };

  let model: ScriptedModel;
  let gateway: Gateway;
  let argv: ArgvWatch;
  let store: string;

  const text = (main: string): string => `# keys\r\nexport MAIN_KEY=${main}\r\nOPS_KEY='${OPS}'\r\nSHARED_KEY="${SHARED.replace(/[$"]/g, "\\$&").replace("\n", "\\n")}"\r\n`;

  beforeAll(async () => {
    model = await startScriptedModel();
    gateway = await startGateway({
      engine: await prepareEngine({ log: () => {} }),
      model,
      pluginDir: PLUGIN_DIR,
      env: { GATEWAY_KEY: GATEWAY, NOT_LISTED_KEY: canary(), REF_SOURCE: REF },
      pluginConfig: {
        secrets: {
          fromEnvironment: ["GATEWAY_KEY"],
          values: { REF_KEY: { source: "env", provider: "default", id: "REF_SOURCE" } },
          grants: { main: ["MAIN_*", "SHARED_KEY", "GATEWAY_KEY", "REF_KEY"], ops: ["OPS_KEY", "SHARED_KEY"], "*": [] },
        },
      },
      sandbox: () => ({ docker: { setupCommand: "env > /workspace/setup.txt" } }),
      config: { agents: { entries: { main: { default: true }, ops: {}, bare: {} } } },
      async seed(stateDir) {
        store = secretsFile(dirname(stateDir));
        await mkdir(dirname(store), { recursive: true, mode: 0o700 });
        await writeFile(store, text(MAIN), { mode: 0o600 });
        await writeFile(join(stateDir, "secrets.env"), `TREE_KEY=${TREE}\n`, { mode: 0o644 });
      },
    });
    argv = watchArgv();
  });
  afterAll(async () => {
    await argv?.stop();
    await gateway?.dispose();
    await model?.close();
  });

  /** Everything that outlives an exec, apart from the sources themselves. */
  async function traces(needle: string): Promise<string[]> {
    const roots = [...(await storageOf(gateway.engine)), gateway.home, "/tmp/openclaw"];
    const files = (await findOnDisk(needle, roots)).filter((path) => path !== store && path !== join(gateway.stateDir, "secrets.env"));
    return [
      ...files,
      ...(gateway.log().includes(needle) ? ["the gateway's output"] : []),
      ...model.requests.filter((request) => JSON.stringify(request).includes(needle)).map((_, index) => `model request ${index}`),
      ...(await gateway.events()).filter((event) => event.includes(needle)).map((event) => `live event ${event.slice(0, 120)}`),
    ];
  }

  it("reach the agent that is granted them, from every source, and nobody else", async () => {
    const output = await gateway.exec(["MAIN_KEY", "SHARED_KEY", "GATEWAY_KEY", "REF_KEY", "OPS_KEY", "NOT_LISTED_KEY"].map(tell).join("; "));
    expect(output.match(/[0-9a-f]{64}/g)).toEqual([MAIN, SHARED, GATEWAY, REF, "", ""].map(digest));
    const ops = await gateway.exec(["OPS_KEY", "SHARED_KEY", "MAIN_KEY", "GATEWAY_KEY"].map(tell).join("; "), { agent: "ops" });
    expect(ops.match(/[0-9a-f]{64}/g)).toEqual([OPS, SHARED, "", ""].map(digest));
  });

  it("reach no set-up command, neither by name nor by value", async () => {
    for (const agent of ["main", "ops"]) {
      const environment = await gateway.exec("cat /workspace/setup.txt", { agent });
      expect(environment).toMatch(/^PATH=/m);
      // What comes back is masked: a value would show as its mark.
      expect(environment).not.toMatch(/_KEY|REF_SOURCE|\[secret /);
    }
    const files = (await findOnDisk("PATH=", [gateway.stateDir])).filter((path) => path.endsWith("/setup.txt"));
    expect(files).toHaveLength(2);
    for (const value of Object.values(values)) expect(await findOnDisk(value, files)).toEqual([]);
  });

  it("are all that the gateway's surroundings give to a command", async () => {
    const environment = await gateway.exec("env -0 | tr '\\n' ' ' | tr '\\0' '\\n' | sort", { agent: "bare" });
    expect(environment.trim().split("\n").map((line) => line.split("=")[0])).toEqual(["HOME", "LANG", "OPENCLAW_CLI", "OPENCLAW_SHELL", "PATH", "PWD", "TMPDIR", "container"]);
    for (const host of [gateway.home, "node_modules", dirname(process.execPath)]) expect(environment).not.toContain(host);
  });

  it("are masked in what a command prints, in every usual encoding", async () => {
    const output = await gateway.exec(
      ['echo "plain $MAIN_KEY"', 'printf "x$MAIN_KEY" | base64 -w0', 'printf "xy$MAIN_KEY" | base64 -w0', 'printf %s "$MAIN_KEY" | od -An -v -tx1 | tr -d " \\n"', "python3 -c 'import os, json, urllib.parse; print(json.dumps(os.environ[\"SHARED_KEY\"]), urllib.parse.quote(os.environ[\"SHARED_KEY\"]))'", 'echo "$SHARED_KEY $REF_KEY $GATEWAY_KEY"', "sleep 1"].join("; "),
    );
    expect(output).toContain("plain [secret MAIN_KEY]");
    expect(output.match(/\[secret \w+\]/g)!.length).toBeGreaterThanOrEqual(9);
    for (const value of Object.values(values)) {
      for (const form of [value, Buffer.from(value).toString("base64").slice(4, -4), Buffer.from(value).toString("hex")]) expect(output).not.toContain(form);
    }
  });

  it("are masked in live output, too, before the command has ended", async () => {
    const before = (await gateway.events()).length;
    await gateway.exec('for i in 1 2 3 4; do echo "LIVE-$i $MAIN_KEY"; sleep 1; done');
    const live = (await gateway.events()).slice(before).filter((event) => event.includes("LIVE-1"));
    expect(live.length).toBeGreaterThan(0);
    expect(live.filter((event) => event.includes(MAIN))).toEqual([]);
  });

  it("reach a background command, whose output is masked wherever it shows up", async () => {
    const started = await gateway.exec(`${tell("MAIN_KEY")} > /workspace/background.txt; echo "LATER $MAIN_KEY"; sleep 2; echo "END $MAIN_KEY"`, { args: { background: true } });
    const session = /session ([\w-]+)/.exec(started)![1]!;
    await expect.poll(() => gateway.tool("process", { action: "log", sessionId: session }), { timeout: 60_000, interval: 1_000 }).toContain("END [secret MAIN_KEY]");
    expect(await gateway.exec("cat /workspace/background.txt")).toContain(digest(MAIN));
    // The note on its end goes to the next turn as a message of the host.
    await gateway.turn("hello");
    expect(await traces(MAIN)).toEqual([]);
  });

  it("that are rotated reach the next command, in place or by rename, and not the running one", async () => {
    await gateway.exec(`sleep 8; ${tell("MAIN_KEY")} > /workspace/old.txt`, { args: { background: true } });
    await writeFile(store, text(ROTATED));
    expect(await gateway.exec(tell("MAIN_KEY"))).toContain(digest(ROTATED));
    await writeFile(`${store}.next`, text(RENAMED), { mode: 0o600 });
    await rename(`${store}.next`, store);
    expect(await gateway.exec(tell("MAIN_KEY"))).toContain(digest(RENAMED));
    await expect.poll(() => gateway.exec("cat /workspace/old.txt || true"), { timeout: 60_000, interval: 1_000 }).toContain(digest(MAIN));
  });

  it("are refused, not emptied, while their file is broken, and a running command goes on", async () => {
    await gateway.exec(`sleep 12; ${tell("MAIN_KEY")} > /workspace/during.txt`, { args: { background: true } });
    // However long the command takes to begin, the file was emptied only just before.
    const editing = setInterval(() => writeFileSync(store, ""), 100);
    try {
      expect(await gateway.exec(tell("MAIN_KEY"))).toContain(digest(RENAMED));
    } finally {
      clearInterval(editing);
    }
    await writeFile(store, `MAIN_KEY='${RENAMED}\n`);
    const reason = await expectRefusal();
    expect(reason).toContain("line 1: the quotes of MAIN_KEY do not match");
    expect(reason).not.toContain(RENAMED);
    await chmod(store, 0o644);
    expect(await expectRefusal()).toContain(`chmod 0600 ${store}`);
    await chmod(store, 0o600);
    await writeFile(store, text(RENAMED));
    expect(await gateway.exec(tell("MAIN_KEY"))).toContain(digest(RENAMED));
    await expect.poll(() => gateway.exec("cat /workspace/during.txt || true"), { timeout: 60_000, interval: 1_000 }).toContain(digest(RENAMED));
  });

  /** What an edit leaves behind for a moment is not refused at once. */
  async function expectRefusal(): Promise<string> {
    let reason = "";
    await expect
      .poll(
        async () => {
          const { text: answer, isError } = await gateway.turn(callMarker("exec", { command: "true" }));
          reason = answer;
          return isError;
        },
        { timeout: 60_000, interval: 1_000 },
      )
      .toBe(true);
    return reason;
  }

  it("are listed, checked, moved out of the tree and searched for by the command, without a value", async () => {
    const outputs: string[] = [];
    const cli = async (...args: string[]): Promise<{ exitCode: number | undefined; stdout: string }> => {
      const result = await gateway.cli(["fortress", "secrets", ...args]);
      outputs.push(result.stdout, result.stderr);
      return result;
    };
    await mkdir(join(gateway.home, ".config/systemd/user"), { recursive: true });
    await writeFile(join(gateway.home, ".config/systemd/user/openclaw-gateway.service"), "[Service]\n");
    expect(await cli("migrate", "--apply", "--systemd-drop-in")).toMatchObject({ exitCode: 0 });
    expect(await readFile(store, "utf8")).toBe(`${text(RENAMED)}TREE_KEY="${TREE}"\n`);
    await expect(readFile(join(gateway.stateDir, "secrets.env"))).rejects.toThrow("ENOENT");
    expect(await readFile(join(gateway.home, ".config/systemd/user/openclaw-gateway.service.d/secrets.conf"), "utf8")).toContain("EnvironmentFile=%h/.config/openclaw-secrets/secrets.env");

    const { stdout, exitCode } = await cli("check", "--json");
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      errors: [],
      entries: [
        { name: "GATEWAY_KEY", source: "environment", seen: false, agents: ["main"] },
        { name: "MAIN_KEY", source: "file", seen: true, agents: ["main"] },
        { name: "OPS_KEY", agents: ["ops"] },
        { name: "REF_KEY", source: "config", seen: false },
        { name: "SHARED_KEY", agents: ["main", "ops"] },
        { name: "TREE_KEY", agents: [] },
      ],
    });

    const leak = join(gateway.stateDir, "workspace/notes/leak.txt");
    await mkdir(dirname(leak), { recursive: true });
    await writeFile(leak, `export X=${Buffer.from(`xx${RENAMED}`).toString("base64")}\n`);
    const found = await cli("scan", "--json");
    expect(found.exitCode).toBe(1);
    const report = JSON.parse(found.stdout) as { hits: { name: string; form: string; where: string }[]; skipped: unknown[]; unseen: string[]; searched: { roots: string[] } };
    expect(report.hits).toContainEqual({ name: "MAIN_KEY", form: "base64", where: leak });
    expect(new Set(report.hits.map(({ where }) => where)), JSON.stringify(report.hits)).toEqual(new Set([leak]));
    expect(report.searched.roots.some((root) => root.endsWith(":/"))).toBe(true);
    expect(report.searched.roots.filter((root) => root.startsWith("what podman says of the image "))).toHaveLength(1);
    expect(report.unseen.filter((each) => each.includes("image"))).toEqual([]);
    await rm(leak);
    for (const value of Object.values(values)) for (const output of outputs) expect(output).not.toContain(value);
  });

  it("are nowhere else: no argv, log, transcript, event, request, state or disk holds one of them", async () => {
    const seen = await argv.stop();
    // The watch saw the engine's execs, and the search finds what is there: else their silence would prove nothing.
    expect(seen.some((line) => line.includes("exec -e GATEWAY_KEY -e MAIN_KEY "))).toBe(true);
    const control = canary();
    await gateway.exec(`echo ${control}`);
    const hits = await traces(control);
    expect(hits.some((hit) => hit.includes(".sqlite"))).toBe(true);
    expect(hits.some((hit) => hit.startsWith("model request"))).toBe(true);
    expect(hits.some((hit) => hit.startsWith("live event"))).toBe(true);

    // The engine's storage is searched by every look for traces; the home and the store lie elsewhere.
    const onHost = async (...needles: string[]): Promise<string[]> => findOnHost(needles, { since, besides: await storageOf(gateway.engine) });
    const planted = join("/var/tmp", `fortress-${randomBytes(6).toString("hex")}.control`);
    await writeFile(planted, `x${control}`, { mode: 0o600 });
    try {
      expect(await onHost(control)).toContain(planted);
    } finally {
      await rm(planted);
    }
    expect(await onHost(...Object.values(values))).toEqual([]);

    for (const [name, value] of Object.entries(values)) {
      expect(seen.filter((line) => line.includes(value)), `argv with ${name}`).toEqual([]);
      expect(await traces(value), `traces of ${name}`).toEqual([]);
      for (const container of await gateway.containers()) expect(await gateway.engine.podman(["inspect", container])).not.toContain(value);
    }
    const status = await gateway.chat("/fortress status full");
    expect(status).toMatch(/secrets +GATEWAY_KEY, MAIN_KEY, REF_KEY, SHARED_KEY/);
    for (const value of Object.values(values)) expect(status).not.toContain(value);
  });
});
