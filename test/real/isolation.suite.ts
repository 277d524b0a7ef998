import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../support/engine.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { findInSandbox, findOnDisk, watchArgv } from "../support/leaks.ts";
import { livedIn, monolithicBind, PUBLIC_PLACES, PUBLIC_TEXT, secretsFile, type LivedIn } from "../support/lived-in.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import { storageOf } from "../support/storage.ts";

/** What a sandbox must and must not see, shown by agent turns through a real gateway, on one engine. */
export function describeIsolation(name: string, prepare: () => Promise<Engine>): void {
  describe.each([
    { start: "OpenClaw's defaults", monolithic: false },
    { start: "a monolithic bind", monolithic: true },
  ])(`isolation, ${name}, from $start`, ({ monolithic }) => isolation(prepare, monolithic));
}

function isolation(prepare: () => Promise<Engine>, monolithic: boolean): void {
  let model: ScriptedModel;
  let gateway: Gateway;
  let home: LivedIn;

  beforeAll(async () => {
    model = await startScriptedModel();
    home = livedIn();
    // Rootless engines can't limit anything on cgroup v1; what is tested here is what the sandbox sees.
    gateway = await startGateway({
      engine: await prepare(),
      model,
      pluginDir: PLUGIN_DIR,
      pluginConfig: { limits: { onFailure: "warn" } },
      seed: home.seed,
      ...(monolithic ? { sandbox: monolithicBind } : {}),
    });
  });
  afterAll(async () => {
    await gateway?.dispose();
    await model?.close();
  });

  it("answers the guide's five verification commands as it should", async () => {
    const { stateDir } = gateway;
    const answers = await gateway.exec(
      [
        `cat ${secretsFile(gateway.home)} || echo REFUSED-1`,
        `ls ${stateDir}/credentials/ || echo REFUSED-2`,
        `sh -c 'echo x >> ${stateDir}/openclaw.json' || echo REFUSED-3`,
        `find / -name secrets.env 2>/dev/null | grep . || echo REFUSED-4`,
        `touch /agent-workspace/.test && echo WRITABLE-5`,
      ].join("\n"),
    );
    for (const mark of ["REFUSED-1", "REFUSED-2", "REFUSED-3", "REFUSED-4", "WRITABLE-5"]) expect(answers).toContain(mark);
  });

  it("shows no canary to exec, anywhere in the container", async () => {
    for (const needle of [home.canary, gateway.token]) {
      const output = await gateway.exec(findInSandbox(needle));
      expect(output.trim()).toBe("searched");
    }
  });

  it("shows no secret place to the file tools", async () => {
    for (const place of ["credentials/note.txt", "openclaw.json.bak", ".env", "state/note.txt", "agents/main/agent/note.txt", "made-by-a-later-version/keys.txt"]) {
      const output = await gateway.tool("read", { path: join(gateway.stateDir, place) });
      expect(output).toMatch(/error|not found/i);
      expect(output).not.toContain(home.canary);
      expect(output).not.toContain(gateway.token);
    }
    const configuration = await gateway.tool("read", { path: join(gateway.stateDir, "openclaw.json") });
    expect(configuration).toContain('"backend": "podman"');
    for (const secret of [home.canary, home.key.value, gateway.token]) expect(configuration).not.toContain(secret);
    expect(await gateway.tool("ls", { path: join(gateway.stateDir, "credentials") })).not.toContain("note.txt");
    expect(await gateway.tool("write", { path: join(gateway.stateDir, "credentials/planted"), content: "x" })).toMatch(/error/i);
    expect(await findOnDisk("planted", [join(gateway.stateDir, "credentials")])).toEqual([]);
  });

  it("shows the agent what it may read, and keeps it read-only, by exec and by the file tools", async () => {
    const paths = PUBLIC_PLACES.map((place) => join(gateway.stateDir, place));
    const output = await gateway.exec(paths.map((path) => `cat ${path}; { echo x >> ${path}; } 2>/dev/null && echo WRITTEN`).join("\n"));
    expect(output.split("\n").filter((line) => line === PUBLIC_TEXT)).toHaveLength(paths.length);
    expect(output).not.toContain("WRITTEN");
    expect(await gateway.tool("read", { path: paths[0]! })).toContain(PUBLIC_TEXT);
    expect(await gateway.tool("write", { path: paths[0]!, content: "overwritten" })).toMatch(/error/i);
    expect(await gateway.exec(`cat ${paths[0]}`)).toContain(PUBLIC_TEXT);
  });

  it("says in /fortress status what the engine and the kernel say, without any value", async () => {
    const status = await gateway.chat("/fortress status full");
    // Without effective limits, as with a rootless engine on cgroup v1, it is ATTENTION.
    expect(status).toMatch(/^fortress: (HARDENED|ATTENTION)/);
    expect(status).toContain("/agent-workspace");
    expect(status).toContain(home.key.name);
    for (const secret of [home.key.value, home.canary, gateway.token]) expect(status).not.toContain(secret);
    if (monolithic) expect(status).toContain("is not used: it would mount the whole state directory");
  });

  // How the sandbox came by its binds makes no difference to what follows.
  if (monolithic) return;

  it("has the workspace and nothing else to write to, at every path where it is mounted", async () => {
    const binds = "awk '$6 ~ /^rw/ && $5 !~ /^\\/(proc|sys|dev)/ && $0 !~ / - (tmpfs|overlay|fuse.fuse-overlayfs) / {print $5}' /proc/self/mountinfo | sort";
    const output = await gateway.exec(binds);
    expect(output.trim().split("\n")).toEqual(["/agent-workspace", join(gateway.stateDir, "workspace"), "/workspace"].sort());
    await gateway.tool("write", { path: "/agent-workspace/from-tool.txt", content: "hello" });
    expect(await gateway.exec(`cat /workspace/from-tool.txt ${gateway.stateDir}/workspace/from-tool.txt`)).toContain("hellohello");
  });

  it("gives the key to exec, in the environment and nowhere else", async () => {
    const { name, value } = home.key;
    const digest = createHash("sha256").update(value).digest("hex");
    const watch = watchArgv();
    const output = await gateway.exec(`printf %s "$${name}" | sha256sum; sleep 1`);
    const argv = await watch.stop();
    expect(output).toContain(digest);

    // The watch saw the engine's exec, or its silence about the value would prove nothing.
    expect(argv.some((line) => line.includes(`exec -e ${name} `))).toBe(true);
    expect(argv.filter((line) => line.includes(value))).toEqual([]);
    expect(gateway.log()).not.toContain(value);
    const [container] = await gateway.containers();
    expect(await gateway.engine.podman(["inspect", container!])).not.toContain(value);
    expect(await findOnDisk(value, [...(await storageOf(gateway.engine)), gateway.stateDir, "/tmp/openclaw"])).toEqual([]);
  });

  it("gives the key to a background exec, and no trace is left when it ended", async () => {
    const { name, value } = home.key;
    const digest = createHash("sha256").update(value).digest("hex");
    await gateway.exec(`printf %s "$${name}" | sha256sum > /workspace/background.txt; sleep 1; echo done >> /workspace/background.txt`, { args: { background: true } });
    await expect.poll(() => gateway.exec("cat /workspace/background.txt"), { timeout: 90_000 }).toContain("done");
    expect(await gateway.exec("cat /workspace/background.txt")).toContain(digest);
    expect(await findOnDisk(value, [...(await storageOf(gateway.engine)), gateway.stateDir])).toEqual([]);
  });

  it("gives the file tools no key", async () => {
    const spied = await spyOnFileTools(gateway, home.key.name);
    expect(spied).toContain("seen");
    expect(spied).not.toContain(home.key.name);
  });
}

/**
 * Names in the environment of a file tool's process, with `seen` if there was one. Every process of a
 * container may read the environment of the others, so one of them, without the key, watches.
 */
export async function spyOnFileTools(gateway: Gateway, key: string): Promise<string> {
  const spy = `while [ ! -e /workspace/stop ]; do
  for p in /proc/[0-9]*; do
    if grep -qsa openclaw-sandbox-fs $p/cmdline; then echo seen >> /workspace/spied; tr '\\0' '\\n' < $p/environ >> /workspace/spied 2>/dev/null; fi
  done
done`;
  await gateway.tool("write", { path: "/workspace/spy.sh", content: spy });
  await gateway.exec(`env -u ${key} sh /workspace/spy.sh`, { args: { background: true } });
  await gateway.tool("write", { path: "/workspace/watched.txt", content: "x" });
  return gateway.exec("touch /workspace/stop; sleep 0.5; cut -d= -f1 /workspace/spied | sort -u");
}
