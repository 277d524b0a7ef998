import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLUGIN_DIR } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { findInSandbox } from "../support/leaks.ts";
import { livedIn, PUBLIC_TEXT } from "../support/lived-in.ts";
import { callMarker } from "../support/model-script.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

/** One gateway whose agents differ in what their sandboxes may see. */
const home = livedIn();
let model: ScriptedModel;
let gateway: Gateway;

const AGENTS = {
  // Named: unnamed, it became another one when the CLI rewrote the configuration.
  main: { default: true, workspace: "~/.openclaw/workspace" },
  plain: {},
  boxed: { sandbox: { workspaceAccess: "none", scope: "session" } },
  reader: { sandbox: { workspaceAccess: "ro" } },
  crowd: { sandbox: { scope: "shared", workspaceAccess: "none", workspaceRoot: "~/.openclaw/workspace-shared" } },
};

beforeAll(async () => {
  model = await startScriptedModel();
  gateway = await startGateway({
    engine: await prepareEngine({ log: () => {} }),
    model,
    pluginDir: PLUGIN_DIR,
    config: { agents: { entries: AGENTS }, channels: { telegram: { enabled: false, botToken: `123456:${home.canary}` } }, bindings: [{ agentId: "plain", match: { channel: "telegram" } }] },
    async seed(stateDir) {
      await home.seed(stateDir);
      for (const path of ["agents/plain/sessions", "wiki/plain", "wiki/main", "workspace/.agents/skills/mine", "skills/config"]) mkdirSync(join(stateDir, path), { recursive: true });
      for (const path of ["agents/plain/sessions/note.txt", "wiki/plain/note.txt", "wiki/main/note.txt"]) writeFileSync(join(stateDir, path), `${path}\n`);
      writeFileSync(join(stateDir, "skills/config/mcporter.json"), home.canary);
      mkdirSync(join(stateDir, "../given"));
      writeFileSync(join(stateDir, "../given/note.txt"), "given\n");
      mkdirSync(join(stateDir, "../shared"));
      // Whoever the sandbox runs as.
      chmodSync(join(stateDir, "../shared"), 0o777);
    },
    pluginConfig: {
      mounts: {
        add: [{ source: "~/given", target: "/mnt/given", purpose: "data for every agent" }],
        agents: { plain: { profile: "minimal" }, main: { add: [{ source: "~/shared", target: "/mnt/shared", mode: "rw", purpose: "an exchange with the operator" }] } },
      },
    },
  });
});
afterAll(async () => {
  await gateway?.dispose();
  await model?.close();
});

const container = async (agent = "main"): Promise<string> => (await gateway.exec("cat /etc/hostname", { agent })).trim();
const lines = async (command: string, agent: string): Promise<string[]> => (await gateway.exec(command, { agent })).trim().split("\n");

describe("the redacted configuration", () => {
  const file = (): string => join(gateway.stateDir, "openclaw.json");

  it("says how OpenClaw is set up, to exec and to the file tools, with no secret and no other agent", async () => {
    for (const text of [await gateway.exec(`cat ${file()}`), await gateway.tool("read", { path: file() })]) {
      expect(text).toContain('"workspaceAccess": "rw"');
      expect(text).toContain('"botToken": ');
      expect(text).toContain('"primary": "scripted/');
      for (const hidden of [home.canary, gateway.token, "boxed", "crowd"]) expect(text).not.toContain(hidden);
      expect(text).not.toContain('"agentId"');
    }
    expect(await gateway.exec(`cat ${file()}`, { agent: "crowd" })).toContain('"entries": {}');
    expect(await gateway.tool("ls", { path: gateway.stateDir })).toContain("openclaw.json");
  });

  it("cannot be written, by neither", async () => {
    expect(await gateway.exec(`exec 2>&1; echo x >> ${file()}; rm -f ${file()}; mv ${file()} ${file()}.1; touch ${gateway.stateDir}/new; echo ended`)).toMatch(/(Read-only file system[^]*){3}ended/);
    expect(await gateway.tool("write", { path: file(), content: "{}" })).toMatch(/error|read-only/i);
    expect(await gateway.exec(`cat ${file()}`)).toContain('"workspaceAccess"');
  });

  it("follows the configuration while a command runs, without a new sandbox", async () => {
    const before = await container();
    const waiting = gateway.exec(`for i in $(seq 300); do grep -q '"idleHours": 77' ${file()} && echo FOLLOWED && break; sleep 0.2; done`);
    await expect.poll(() => gateway.engine.podman(["top", before, "args"]), { timeout: 60_000 }).toContain("sleep 0.2");
    await gateway.updateConfig((config) => {
      const agents = config.agents as { defaults: { sandbox: object } };
      return { ...config, agents: { ...agents, defaults: { ...agents.defaults, sandbox: { ...agents.defaults.sandbox, prune: { idleHours: 77 } } } } };
    });
    expect(await waiting).toContain("FOLLOWED");
    // OpenClaw ends turns that begin while it takes the change over.
    await gateway.restart();
    expect(await gateway.tool("read", { path: file() })).toContain('"idleHours": 77');
    expect(await container()).toBe(before);
  });
});

describe("several agents", () => {
  it("each see their own entries and nobody else's, through exec and the file tools", async () => {
    const { stateDir } = gateway;
    const own = await gateway.exec(`cat ${stateDir}/agents/main/sessions/note.txt ${stateDir}/wiki/main/note.txt; ls ${stateDir}/agents ${stateDir}/wiki; ls -A ${stateDir}`);
    expect(own).toContain(PUBLIC_TEXT);
    expect(own).toContain("wiki/main/note.txt");
    expect(own).not.toMatch(/plain|other/);
    // What belongs to every agent is not one's own.
    for (const common of ["logs", "memory", "cron", "media"]) expect(own.split("\n")).not.toContain(common);
    for (const place of ["agents/plain/sessions/note.txt", "wiki/plain/note.txt", "logs/old.log", "memory/notes.txt"]) {
      expect(await gateway.tool("read", { path: join(stateDir, place) })).toMatch(/error|not found/i);
    }
    expect(await gateway.tool("read", { path: join(stateDir, "wiki/main/note.txt") })).toContain("wiki/main/note.txt");
  });

  it("see no canary, whatever their scope, access and profile", async () => {
    for (const agent of Object.keys(AGENTS)) {
      expect((await gateway.exec(findInSandbox(home.canary), { agent })).trim(), agent).toBe("searched");
    }
    expect(await gateway.tool("read", { path: join(gateway.stateDir, "skills/config/mcporter.json") })).toMatch(/error|not found/i);
    expect(await gateway.exec(`ls -A ${gateway.stateDir}/skills/config; cat ${gateway.stateDir}/skills/example/notes.md`)).toBe(`${PUBLIC_TEXT}\n`.trimEnd());
  });

  it("with the minimal profile see their workspace and what is added, and work as before", async () => {
    const { stateDir } = gateway;
    const seen = await gateway.exec(`ls -A ${stateDir}; cat /mnt/given/note.txt; ls /workspace/.openclaw/sandbox-skills/skills | grep fortress-status`, { agent: "plain" });
    expect(seen.split("\n").map((line) => line.trim())).toEqual(expect.arrayContaining(["workspace-plain", "given", "fortress-status"]));
    for (const hidden of ["openclaw.json", "skills\n", "extensions"]) expect(seen).not.toContain(hidden);
    expect(await gateway.tool("read", { path: join(stateDir, "openclaw.json") }, { agent: "plain" })).toMatch(/error|not found/i);
    await gateway.tool("write", { path: "/workspace/a.txt", content: "one" }, { agent: "plain" });
    await gateway.tool("edit", { path: "/agent-workspace/a.txt", edits: [{ oldText: "one", newText: "two" }] }, { agent: "plain" });
    expect(await gateway.exec(`cat ${stateDir}/workspace-plain/a.txt`, { agent: "plain" })).toContain("two");
  });

  it("write where their access allows it, and the mounts there honour neither setuid nor devices", async () => {
    const writable = "awk '$6 ~ /^rw/ && $5 !~ /^\\/(proc|sys|dev)/ && $0 !~ / - (tmpfs|overlay|fuse.fuse-overlayfs) / {print $5, $6}' /proc/self/mountinfo | sort";
    const targets: Record<string, string[]> = {
      main: ["/agent-workspace", join(gateway.stateDir, "workspace"), "/mnt/shared", "/workspace"],
      plain: ["/agent-workspace", join(gateway.stateDir, "workspace-plain"), "/workspace"],
      reader: [],
    };
    for (const [agent, expected] of Object.entries(targets)) {
      const seen = (await lines(writable, agent)).filter((line) => line.startsWith("/"));
      expect(seen.map((line) => line.split(" ")[0]).sort(), agent).toEqual([...expected].sort());
      for (const line of seen) expect(line).toMatch(/nosuid,nodev/);
    }
    const boxed = (await lines(writable, "boxed")).filter((line) => line.startsWith("/"));
    expect(boxed).toHaveLength(3);
    for (const line of boxed) expect(line).toMatch(/nosuid,nodev/);
  });

  it("with read-only access read their workspace, and change it by no tool", async () => {
    writeFileSync(join(gateway.stateDir, "workspace-reader/kept.txt"), "kept\n");
    expect(await gateway.exec("cat /agent-workspace/kept.txt; echo x > /agent-workspace/kept.txt || echo REFUSED", { agent: "reader" })).toMatch(/kept[^]*REFUSED/);
  });
});

describe("directories that the configuration adds", () => {
  it("are there for exec and the file tools, as writable as they should be", async () => {
    expect(await gateway.tool("read", { path: "/mnt/given/note.txt" })).toContain("given");
    expect(await gateway.tool("write", { path: "/mnt/given/new.txt", content: "x" })).toMatch(/error|read-only/i);
    await gateway.tool("write", { path: "/mnt/shared/by-tool.txt", content: "tool" });
    expect(await gateway.exec("cat /mnt/shared/by-tool.txt; echo exec > /mnt/shared/by-exec.txt; echo x > /mnt/given/x || echo REFUSED")).toMatch(/tool[^]*REFUSED/);
    expect(await gateway.tool("read", { path: "/mnt/shared/by-exec.txt" })).toContain("exec");
    expect(await gateway.exec("ls /mnt/shared || echo absent", { agent: "boxed" })).toContain("absent");
  });
});

describe("a read-only mount below the workspace", () => {
  it("stays where it is, whatever is renamed around it", async () => {
    const { stateDir } = gateway;
    const output = await gateway.exec(
      ["/workspace", "/agent-workspace", `${stateDir}/workspace`]
        .flatMap((view) => [".agents", ".openclaw"].flatMap((name) => [`mv ${view}/${name} ${view}/moved && echo MOVED ${view}`, `touch ${view}/${name}/planted && echo WROTE ${view}`, `mkdir -p ${view}/${name}/extensions/evil && echo WROTE ${view}`]))
        .concat("echo ended")
        .join("; "),
    );
    expect(output).toContain("ended");
    expect(output).not.toMatch(/MOVED|WROTE/);
    expect(await gateway.tool("write", { path: "/workspace/.openclaw/extensions/evil/index.js", content: "x" })).toMatch(/error|read-only/i);
    expect(await gateway.tool("write", { path: "/workspace/.agents/skills/mine/SKILL.md", content: "x" })).toMatch(/error|read-only/i);
  });
});

describe("a sandbox", () => {
  /** The id, with the binds that say why it would be another one. */
  async function identity(): Promise<string[]> {
    const id = await container();
    return [id, ...(JSON.parse(await gateway.engine.podman(["inspect", "--format", "{{json .HostConfig.Binds}}", id])) as string[])].sort();
  }

  it("is not made anew while its plan is the same", async () => {
    const before = await identity();
    mkdirSync(join(gateway.stateDir, "telegram/later"), { recursive: true });
    mkdirSync(join(gateway.stateDir, "agents/another/sessions"), { recursive: true });
    await gateway.cli(["config", "set", "messages.responsePrefix", "hi"]);
    // OpenClaw ends turns that begin while it takes the change over, and does not say when it has.
    await expect.poll(() => identity().catch(String), { timeout: 120_000, interval: 3000 }).toEqual(before);
    await gateway.restart();
    expect(await identity()).toEqual(before);
  });

  it("is made anew when what it may see changes, and the operator is told what keeps it while a command runs", async () => {
    const before = await container();
    await gateway.exec("until [ -e /workspace/go ]; do sleep 0.2; done; echo done > /workspace/long.txt", { args: { background: true } });
    mkdirSync(join(gateway.stateDir, "tools"));
    expect(await container()).toBe(before);
    const status = await gateway.chat("/fortress status");
    expect(status).toContain("keeps its former mounts, because a command runs in it");
    expect(status).toContain("openclaw sandbox recreate --agent main");
    await gateway.exec("touch /workspace/go");
    await expect.poll(() => gateway.exec("cat /workspace/long.txt 2>&1"), { timeout: 120_000, interval: 3000 }).toContain("done");
    expect(await gateway.exec(`ls -d ${gateway.stateDir}/tools`)).toContain("/tools");
    expect(await container()).not.toBe(before);
    expect(await gateway.chat("/fortress status")).not.toContain("keeps its former mounts");
  });
});

describe("the operator's own binds", () => {
  it("are refused together, global and per agent, each with its reason and what to use in its place", async () => {
    const { stateDir } = gateway;
    const global = [`${stateDir}/credentials:/c:ro`, "/var/log:/logs:ro"];
    const own = [`${gateway.home}/given:/given:ro,U`, `${gateway.home}/given:/etc/ssl:ro`, `${stateDir}/workspace-plain:/data:rw`];
    const before = await gateway.readConfig();
    await gateway.updateConfig((config) => {
      const agents = config.agents as { defaults: { sandbox: { docker: object } }; entries: Record<string, { sandbox?: { docker?: object } }> };
      agents.defaults.sandbox.docker = { ...agents.defaults.sandbox.docker, binds: global, dangerouslyAllowExternalBindSources: true };
      agents.entries.plain = { sandbox: { docker: { binds: own } } };
      return config;
    });
    const refusal = async (): Promise<string> => (await gateway.turn(callMarker("exec", { command: "echo RAN" }), { agent: "plain" })).text;
    await expect.poll(refusal, { timeout: 60_000, interval: 2000 }).toContain("credentials");
    const text = await refusal();
    expect(text).not.toContain("RAN");
    for (const part of [...global, own[0]!, own[1]!, "channel tokens", "belongs to the whole system", 'option "U" changes the owner', "(/etc)", "Remedy", "/mnt/given:ro"]) expect(text).toContain(part);
    expect(text).not.toContain(own[2]!);
    await gateway.updateConfig(() => before);
    await expect.poll(refusal, { timeout: 60_000, interval: 2000 }).toContain("RAN");
  });
});
