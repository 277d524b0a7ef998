import { describe, expect, it } from "vitest";
import { hostFacts, sandboxModes } from "../../src/host/host-config.ts";

const sandbox = (mode: string, backend?: string): { sandbox: { mode: string; backend?: string } } => ({ sandbox: { mode, ...(backend === undefined ? {} : { backend }) } });
const facts = (agents: unknown): ReturnType<typeof hostFacts> => hostFacts({ agents, tools: { sandbox: { tools: { alsoAllow: ["fortress_status"] } } } }, "/home/ada", () => "podman");

describe("sandboxModes", () => {
  it.each<[string, unknown, unknown[]]>([
    ["no configuration", undefined, [{ agentId: "main", mode: "off", backend: "docker", workspace: undefined }]],
    ["defaults only", { defaults: { ...sandbox("all", "podman"), workspace: "/w" } }, [{ agentId: "main", mode: "all", backend: "podman", workspace: "/w" }]],
    [
      "entries",
      { defaults: { ...sandbox("all", "podman"), workspace: "/w" }, entries: { ops: {}, dev: { ...sandbox("off"), workspace: "/d" } } },
      [
        { agentId: "ops", mode: "all", backend: "podman", workspace: "/w" },
        { agentId: "dev", mode: "off", backend: "podman", workspace: "/d" },
      ],
    ],
    [
      "the list of older versions",
      { list: [{ id: "ops", ...sandbox("non-main", "fortress") }, {}] },
      [
        { agentId: "ops", mode: "non-main", backend: "fortress", workspace: undefined },
        { agentId: "main", mode: "off", backend: "docker", workspace: undefined },
      ],
    ],
  ])("%s", (_, agents, expected) => {
    expect(sandboxModes({ agents })).toEqual(expected);
  });
});

describe("hostFacts", () => {
  it.each<[string, unknown, string[]]>([
    ["no sandbox", { defaults: sandbox("off", "podman") }, []],
    ["OpenClaw's default", { defaults: sandbox("all") }, ["docker"]],
    ["the chosen one", { defaults: sandbox("all", "fortress") }, ["podman"]],
    ["each once", { defaults: sandbox("all", "podman"), entries: { a: {}, b: sandbox("all", "fortress"), c: sandbox("non-main", "docker"), d: sandbox("off", "docker") } }, ["podman", "docker"]],
    ["no foreign one", { defaults: sandbox("all", "ssh") }, []],
  ])("engines: %s", (_, agents, engines) => {
    expect(facts(agents).engines).toEqual(engines);
  });

  it("makes workspaces absolute", () => {
    expect(facts({ entries: { a: { workspace: "~/a" }, b: { workspace: "~" }, c: { workspace: "/c/~/x" }, d: {} } }).workspaces).toEqual(["/home/ada/a", "/home/ada", "/c/~/x"]);
  });

  it("knows where sandboxes have workspaces of their own, of all and of each agent", () => {
    const root = (workspaceRoot: unknown) => ({ sandbox: { workspaceRoot } });
    expect(facts({ defaults: root("~/boxes"), entries: { a: root("/srv/a"), b: {}, c: root(7) }, list: [{ id: "d", ...root("~/.openclaw/d") }] }).sandboxRoots).toEqual(["/home/ada/boxes", "/srv/a", "/home/ada/.openclaw/d"]);
  });

  it("names sandboxed agents that cannot ask for the status", () => {
    const { findings } = hostFacts({ agents: { entries: { a: sandbox("all", "podman"), b: sandbox("off") } } }, "/home/ada", () => "podman");
    expect(findings.find(({ id }) => id === "host.tool-not-offered")?.detail).toMatch(/ of a have no tool/);
  });

  it.each<[string, unknown, [string, string][]]>([
    ["all is well", { defaults: sandbox("all", "podman"), entries: { a: {}, b: sandbox("all", "fortress") } }, []],
    ["off", { defaults: sandbox("off") }, [["host.sandbox-off", "critical"]]],
    ["not configured", undefined, [["host.sandbox-off", "critical"]]],
    ["non-main", { defaults: sandbox("non-main") }, [["host.sandbox-non-main", "warn"]]],
    ["a foreign backend", { defaults: sandbox("non-main", "ssh") }, [["host.sandbox-non-main", "warn"], ["host.backend-foreign", "critical"]]],
  ])("findings: %s", (_, agents, findings) => {
    const found = facts(agents).findings;
    expect(found.map(({ id, severity }) => [id, severity])).toEqual(findings);
    for (const { detail, remedy } of found) {
      expect(detail).toContain(" main ");
      expect(remedy).toContain("agents.entries.main.sandbox");
    }
  });
});

describe("what the maintenance needs to know", () => {
  it("is every image that some sandbox is made from, and OpenClaw's own where none is named", () => {
    expect(facts(undefined).images).toEqual(["openclaw-sandbox:bookworm-slim", "openclaw-sandbox-browser:bookworm-slim"]);
    const agents = { defaults: { sandbox: { docker: { image: "base:1" } } }, entries: { ops: { sandbox: { docker: { image: "ops:1" }, browser: { image: "web:1" } } }, odd: { sandbox: { docker: { image: 5 } } } }, list: [{ sandbox: { docker: { image: "old:1" } } }] };
    expect(facts(agents).images).toEqual(["base:1", "ops:1", "old:1", "openclaw-sandbox-browser:bookworm-slim", "web:1"]);
  });

  it("is the network that each agent's sandbox is to have", () => {
    const { network } = facts({ defaults: { sandbox: { docker: { network: "bridge" } } }, entries: { Closed: { sandbox: { docker: { network: " none " } } }, other: {} } });
    expect([network!("closed"), network!("other"), network!(undefined), facts({}).network!("main")]).toEqual(["none", "bridge", "bridge", "none"]);
  });

  it("is where OpenClaw's log is, and how large a file of it may be", () => {
    const { logs, maxLogBytes } = hostFacts({ logging: { file: "/var/log/oc.log", maxFileBytes: 5_000 } }, "/home/ada", () => "podman");
    expect([logs, maxLogBytes]).toEqual([["/tmp/openclaw", "/var/log/oc.log"], 5_000]);
    expect(facts(undefined).maxLogBytes).toBeUndefined();
  });
});

describe("images that some sandbox needs", () => {
  it.each<[string, unknown, string[]]>([
    ["none without a sandbox", undefined, []],
    ["OpenClaw's own where none is named", { defaults: sandbox("all", "podman") }, ["podman openclaw-sandbox:bookworm-slim"]],
    ["a browser's where there is one", { defaults: { sandbox: { mode: "all", backend: "podman", docker: { image: "a:1" }, browser: { enabled: true } } } }, ["podman a:1", "podman openclaw-sandbox-browser:bookworm-slim"]],
    [
      "each with its own engine, once",
      { defaults: { sandbox: { mode: "all", backend: "podman", docker: { image: "a:1" } } }, entries: { x: {}, y: {}, ops: { sandbox: { backend: "docker", docker: { image: "b:1" } } }, off: { sandbox: { mode: "off", docker: { image: "c:1" } } }, far: { sandbox: { backend: "ssh" } }, odd: { sandbox: { docker: { image: 5 } } } } },
      ["podman a:1", "docker b:1"],
    ],
    ["of a shared sandbox what is said for all", { defaults: { sandbox: { mode: "all", backend: "podman", scope: "shared", docker: { image: "a:1" } } }, list: [{ sandbox: { docker: { image: "b:1" } } }] }, ["podman a:1"]],
  ])("%s", (_, agents, images) => {
    expect(facts(agents).neededImages?.map(({ engine, name }) => `${engine} ${name}`)).toEqual(images);
  });
});
