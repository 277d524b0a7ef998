import { execFileSync } from "node:child_process";
import { linkSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { ScanOptions, ScanReport } from "../../src/flows/secrets-scan.ts";
import { container } from "../fixtures/container.ts";
import { tempDir } from "../fixtures/temp.ts";
import { secretWorld, type SecretWorld } from "../fixtures/world.ts";

const VALUE = "canary/8c+51 end";
const STORE = `KEY="${VALUE}"\nSHORT=on\n`;

const scan = ({ fortress, host }: SecretWorld, minutes = 1): Promise<ScanReport> => fortress.secrets.scan(host, { minutes, onProgress: () => {} });

describe("a leak", () => {
  it.each<[string, string]>([
    ["plain", VALUE],
    ["base64", Buffer.from(`user:${VALUE}`).toString("base64")],
    ["hex", Buffer.from(VALUE).toString("hex")],
    ["URL-encoded", encodeURIComponent(VALUE)],
  ])("is found as %s, with file and key and without the value", async (form, text) => {
    const world = secretWorld(STORE);
    world.home.write(".openclaw/workspace/a/b.txt", `${"x".repeat(300_000)}${text}`);
    const report = await scan(world);
    expect(report).toMatchObject({ complete: true, hits: [{ name: "KEY", form, where: `${world.home.workspace}/a/b.txt` }], tooShort: ["SHORT"], searched: { secrets: ["KEY"] } });
    expect(JSON.stringify(report)).not.toContain(VALUE);
  });

  it("is found in a name, which is then not shown", async () => {
    const world = secretWorld(`KEY=canary-8c51-end\n`);
    world.home.write(".openclaw/workspace/canary-8c51-end.d/x", "");
    const { hits } = await scan(world);
    expect(hits).toEqual([{ name: "KEY", form: "plain", where: `the name of ${world.home.workspace}/[secret KEY].d` }]);
  });

  it.each([
    [".openclaw/logs/gateway.log", true],
    [".openclaw/agents/ops/sessions/old.jsonl", true],
    [".openclaw/skills/x/SKILL.md", true],
    [".openclaw/workspace-ops/x.txt", true],
    [".openclaw/credentials/token", false],
    [".openclaw/agents/ops/agent/auth.json", false],
  ])("in %s: a sandbox can read it, %s", async (path, readable) => {
    const world = secretWorld(STORE);
    world.home.write(path, VALUE);
    expect((await scan(world)).hits).toHaveLength(readable ? 1 : 0);
  });

  it("is found in what is bound into a sandbox of this gateway, and in what the engine says of it", async () => {
    const world = secretWorld(STORE, {}, { isVisible: () => true, readMounts: () => [] });
    world.home.write("extra/file", VALUE);
    world.home.write("foreign/file", VALUE);
    // This very process stands for the container's: its root is the machine's, which is left out here.
    world.state.containers = [
      container({ name: "ours", running: false, binds: [{ source: world.home.workspace, target: "/workspace", mode: "rw" }, { source: world.home.path("extra"), target: "/extra", mode: "ro" }] }),
      container({ name: "other", running: false, binds: [{ source: world.home.path("foreign"), target: "/x", mode: "ro" }] }),
    ];
    world.state.described = JSON.stringify({ Config: { Env: [`X=${VALUE}`] } });
    const { hits, unseen, complete } = await scan(world);
    expect(hits.map(({ where }) => where)).toEqual([world.home.path("extra/file"), "what the engine says of ours and its image"]);
    expect(unseen).toEqual([expect.stringContaining("The file system of ours can't be searched") as string]);
    expect(complete).toBe(false);
  });
});

describe("an image that sandboxes are to be made from", () => {
  const needing = (world: SecretWorld, ...names: string[]): SecretWorld => ({ ...world, host: () => ({ ...world.host(), neededImages: names.map((name) => ({ engine: "podman", name })) }) });

  it("is searched without a sandbox, too", async () => {
    const world = needing(secretWorld(STORE), "a:1", "b:1");
    world.state.images.set("a:1", "{}").set("b:1", JSON.stringify({ Config: { Env: [`X=${VALUE}`] } }));
    const report = await scan(world);
    expect(report).toMatchObject({ complete: true, unseen: [], hits: [{ name: "KEY", where: "what podman says of the image b:1" }] });
    expect(report.searched.roots).toContain("what podman says of the image a:1");
  });

  it("that is not there yet shows nobody anything", async () => {
    const report = await scan(needing(secretWorld(STORE), "a:1"));
    expect(report).toMatchObject({ complete: true, hits: [], unseen: [] });
    expect(report.searched.roots).not.toContain("what podman says of the image a:1");
  });

  it("of which the engine says nothing is no proof", async () => {
    const world = needing(secretWorld(STORE), "a:1");
    world.state.engineDown = true;
    expect((await scan(world)).unseen).toEqual(["podman is down", "podman is down"]);
  });
});

describe("the engine's own log of a sandbox", () => {
  const logged = (path: string): SecretWorld => {
    const world = secretWorld(STORE);
    world.state.containers = [container({ name: "ours", running: false, binds: [{ source: world.home.workspace, target: "/workspace", mode: "rw" }], log: { driver: "k8s-file", path } })];
    return world;
  };

  it("is searched", async () => {
    const path = join(tempDir(), "ctr.log");
    writeFileSync(path, `stdout F ${VALUE}\n`);
    expect((await scan(logged(path))).hits).toEqual([{ name: "KEY", form: "plain", where: path }]);
  });

  it("in a folder that is closed to the gateway is closed to its readers, too", async () => {
    const report = await scan(logged("/closed/ctr.log"));
    expect(report.skipped).toEqual([]);
    expect(report.searched.roots).not.toContain("/closed/ctr.log");
  });
});

describe("no leak", () => {
  it("is complete when everything was searched, each place once", async () => {
    const world = secretWorld(STORE);
    world.home.write(".openclaw/workspace/a.txt", "nothing");
    linkSync(`${world.home.workspace}/a.txt`, `${world.home.workspace}/b.txt`);
    execFileSync("mkfifo", [`${world.home.workspace}/fifo`]);
    symlinkSync(world.store, `${world.home.workspace}/link`);
    const report = await scan(world);
    expect(report).toMatchObject({ complete: true, hits: [], unseen: [], searched: { files: 2, bytes: 7 } });
    expect(report.skipped.map(({ reason, count }) => [reason, count]).sort()).toEqual([["link", 1], ["special file", 1]]);
  });

  it.each<[string, (world: SecretWorld) => void]>([
    ["the engine is down", ({ state }) => void (state.engineDown = true)],
    ["a secret is only the gateway's to see", () => {}],
    ["a file has more holes than is worth reading", ({ home }) => (home.write(".openclaw/workspace/big"), truncateSync(`${home.workspace}/big`, 2 ** 26 + 1))],
    ["the secrets file is broken", ({ home }) => home.write(".config/openclaw-secrets/secrets.env", "KEY='open")],
  ])("is no proof when %s", async (what, spoil) => {
    const world = secretWorld(STORE, what.includes("gateway's") ? { fromEnvironment: ["OTHER"] } : {});
    spoil(world);
    const report = await scan(world);
    expect(report.hits).toEqual([]);
    expect(report.complete).toBe(false);
    expect(report.unseen.length + report.skipped.length).toBeGreaterThan(0);
  });

  it("is no proof when the time was up", async () => {
    const world = secretWorld(STORE);
    world.home.write(".openclaw/workspace/a.txt", VALUE);
    expect(await scan(world, 0)).toMatchObject({ complete: false, hits: [], skipped: [expect.objectContaining({ reason: "out of time" })] });
  });
});

it("says how far it is", async () => {
  const world = secretWorld(STORE);
  for (let index = 0; index < 1_100; index += 1) world.home.write(`.openclaw/workspace/${index}`, "x");
  const onProgress = vi.fn<ScanOptions["onProgress"]>();
  await world.fortress.secrets.scan(world.host, { minutes: 1, onProgress });
  expect(onProgress.mock.calls.map(([{ files }]) => files)).toEqual([500, 1_000]);
});
