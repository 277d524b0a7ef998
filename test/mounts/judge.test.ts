import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { judgeBind, type Judgement } from "../../src/mounts/judge.ts";
import type { TargetFacts } from "../../src/mounts/target-rules.ts";
import { createHome, type FactOverrides, type Home } from "../fixtures/home.ts";
import { kernelMount } from "../fixtures/kernel.ts";
import { makeSocket } from "../fixtures/temp.ts";

type Case = readonly [bind: string, verdict: Judgement["verdict"], because?: RegExp, remedy?: RegExp];

function targetsOf({ stateDir, workspace }: Home): TargetFacts {
  return { reserved: ["/workspace", "/agent"], reservedAllowed: false, own: ["/agent-workspace", workspace, stateDir], writable: ["/workspace", "/agent-workspace", "/out"] };
}

/** `~` is the home directory, `$` the state directory. */
function judge(bind: string, overrides: FactOverrides = {}, prepare: (home: Home) => void = () => {}): Judgement {
  const home = createHome();
  home.mkdir(".openclaw/credentials", ".openclaw/agents/main/agent", ".openclaw/agents/other/sessions", ".openclaw/agents/main/sessions", ".openclaw/cron", ".openclaw/skills", ".openclaw/new-thing", ".openclaw/workspace/data", ".openclaw-work/state", ".ssh", ".kube", "elsewhere", "a/b");
  home.write(".openclaw/openclaw.json", "{}");
  home.write(".openclaw/workspace/file.txt");
  home.link("alias", ".openclaw");
  home.link("elsewhere/deep", ".openclaw/credentials");
  home.link(".openclaw/workspace/planted", ".openclaw/credentials");
  home.link(".openclaw/workspace/out", "/usr/share");
  home.link(".openclaw/workspace/nowhere", "/not/there");
  prepare(home);
  return judgeBind(bind.replaceAll("$", home.stateDir).replaceAll("~", home.dir), home.facts(overrides), targetsOf(home));
}

const because = (judgement: Judgement): string => ("because" in judgement ? judgement.because : "");
const remedy = (judgement: Judgement): string => ("remedy" in judgement ? judgement.remedy : "");

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "the monolithic bind": [
    ["$:$:rw", "replace", /whole state directory/],
    ["$:$:ro", "replace"],
    ["$:/state", "replace"],
    ["$/:$", "replace"],
    ["~/alias:/state:ro", "replace"],
    ["~/alias/:/state", "replace"],
    ["$/workspace/..:/state", "replace"],
    ["~/elsewhere/../.openclaw/.:/state", "replace"],
  ],
  "too much": [
    ["~:/host:ro", "refuse", /contains the state directory/, /Remove it/],
    ["/:/host:ro", "refuse", /contains the state directory/],
    ["~/.config:/c:ro", "refuse", /secrets/],
    ["~/.config/openclaw-secrets:/c:ro", "refuse", /secrets/],
    ["~/.config/openclaw-secrets/secrets.env:/c:ro", "refuse", /secrets/],
  ],
  "entries onto themselves, as the guide has them": [
    ["$/agents:$/agents:rw", "replace", /decided by the table/],
    ["$/agents/main:$/agents/main:rw", "replace"],
    ["$/cron:$/cron:rw", "replace"],
    ["$/cron/:$/cron:rw", "replace"],
    ["$/skills:$/skills:ro", "replace"],
    ["$/workspace:/agent-workspace:rw", "replace", /workspace is mounted there already/],
    ["$/openclaw.json:$/openclaw.json:ro", "refuse", /inline tokens/],
    ["$/credentials:$/credentials:ro", "refuse", /channel tokens/],
    ["$/agents/main/agent:$/agents/main/agent:ro", "refuse", /auth profiles/],
    ["$/new-thing:$/new-thing:ro", "refuse", /nobody classified new-thing/],
    ["$/agents/other/sessions:$/agents/other/sessions:ro", "refuse", /nobody classified/],
  ],
  "entries at other targets": [
    ["$/cron:/cron:ro", "keep"],
    ["$/cron:/cron:ro,z", "keep"],
    ["$/cron:/cron:rw", "refuse", /never writable/, /Use "[^"]+\/cron:\/cron:ro"/],
    ["$/cron:/cron", "refuse", /never writable/],
    ["$/agents/main/sessions:/sessions:ro", "keep"],
    ["$/agents:/agents:ro", "refuse", /auth profiles/],
    ["$/skills:/skills:ro", "refuse", /access data of the servers that skills use/],
    ["$/agents/other/sessions:/sessions:ro", "refuse", /nobody classified/],
    ["$/new-thing:/new:ro", "refuse", /nobody classified/],
    ["$/not-there:/new:ro", "refuse", /nobody classified/],
    ["$/credentials:/c:ro", "refuse"],
    ["$/workspace/data:/data", "keep"],
  ],
  "links to what must not be seen": [
    ["~/elsewhere/deep:/d:ro", "refuse", /channel tokens/],
    ["~/elsewhere/deep/telegram:/d:ro", "refuse", /channel tokens/],
    ["$/workspace/planted:/d:ro", "refuse", /channel tokens/],
    ["~/alias/credentials:/d:ro", "refuse", /channel tokens/],
    ["~/alias/cron:/cron:ro", "keep"],
    ["$/workspace/nowhere:/d:ro", "refuse", /does not exist here/],
    ["$/workspace/missing:/d:ro", "refuse", /does not exist here/],
  ],
  "sources outside": [
    ["/usr/share:/mnt/share:ro", "refuse", /outside the workspace/, /Use "\/usr\/share:\/mnt\/share:ro", with sandbox\.docker\.dangerouslyAllowExternalBindSources/],
    ["~/elsewhere:/e", "refuse", /outside the workspace/],
    ["$/workspace/out:/out", "refuse", /outside the workspace/],
  ],
  "what is no bind": [
    ["volume:/data", "refuse", /not source:target/],
    ["./data:/data", "refuse", /not source:target/],
    ["$/workspace/data:/b:ro:z", "refuse", /not source:target/],
    [" ", "refuse", /not source:target/],
  ],
};

function check(judgement: Judgement, [, verdict, reason = /(?:)/, help = /(?:)/]: Case): void {
  expect(judgement).toMatchObject({ verdict });
  expect(because(judgement)).toMatch(reason);
  expect(remedy(judgement)).toMatch(help);
}

describe.each(Object.entries(CASES))("%s", (_, cases) => {
  it.each(cases.map((one) => [one[0], one[1], one] as const))("%s: %s", (bind, _verdict, one) => check(judge(bind), one));
});

describe("with the operator's own switch for external sources", () => {
  const OUTSIDE: readonly Case[] = [
    ["/usr/share:/mnt/share:ro", "keep"],
    ["~/elsewhere:/e", "keep"],
    ["~:/host:ro", "refuse", /state directory/],
    ["$/credentials:/c:ro", "refuse", /channel tokens/],
    ["~/elsewhere/deep:/d", "refuse", /channel tokens/],
    ["$/cron:/cron:rw", "refuse", /never writable/],
    // Whole systems, and what belongs to others.
    ["/home:/h:ro", "refuse"],
    ["/tmp:/h:ro", "refuse"],
    ["/var/tmp:/h:ro", "refuse", /whole system/, /Put what the agent needs into a directory of its own.*"\/srv\/agent-data:\/mnt\/agent-data:ro"/],
    ["/var:/h:ro", "refuse", /whole system/],
    ["/usr:/h:ro", "refuse", /whole system/],
    ["/var/log/apt:/h:ro", "refuse", /data of the system/],
    ["/etc:/h:ro", "refuse", /OpenClaw binds for nobody/],
    ["/etc/ssl:/h:ro", "refuse", /OpenClaw binds for nobody/],
    ["/proc/1:/h:ro", "refuse", /OpenClaw binds for nobody/],
    ["/dev/null:/h:ro", "refuse", /device or a pipe/],
    // Programs' settings and keys.
    ["~/.ssh:/h:ro", "refuse", /keep settings and keys/],
    ["~/.kube:/h:ro", "refuse", /keep settings and keys/],
    ["~/.openclaw-work/state:/h:ro", "refuse", /keep settings and keys/],
  ];

  it.each(OUTSIDE.map((one) => [one[0], one[1], one] as const))("%s: %s", (bind, _verdict, one) => check(judge(bind, { externalBindsAllowed: true }), one));

  it.each([
    ["another user's home directory", "/home/bob/data", /another user's home/],
    ["rootful Podman", "/var/lib/containers/storage", /container engine \(\/var\/lib\/containers\)/],
    ["a part of Docker", "/var/lib/docker/volumes", /container engine/],
    ["where the engine says it keeps things", "/data/graph/overlay", /container engine \(\/data\/graph\)/],
    ["above where the engine says so", "/data", /container engine \(\/data\/graph\)/],
    ["the runtime directory", "/run/user/1000", /OpenClaw binds for nobody/],
  ])("refuses %s", (_, source, reason) => {
    const home = createHome();
    const facts = home.facts({ externalBindsAllowed: true, storage: ["/data/graph"] });
    const there = { ...facts, layout: { ...facts.layout, inspect: (path: string) => (path === source ? { kind: "directory" as const, real: path } : facts.layout.inspect(path)) } };
    const judgement = judgeBind(`${source}:/mnt/x:ro`, there, targetsOf(home));
    expect(judgement).toMatchObject({ verdict: "refuse", because: expect.stringMatching(reason) as string });
  });

  it("refuses a socket and a pipe wherever they are", () => {
    const home = createHome();
    home.mkdir("e");
    makeSocket(home.path("e"), "engine.sock");
    execFileSync("mkfifo", [home.path("e/pipe")]);
    for (const [name, reason] of [["engine.sock", /is a socket/], ["pipe", /device or a pipe/]] as const) {
      expect(because(judgeBind(`${home.path("e")}/${name}:/mnt/x:ro`, home.facts({ externalBindsAllowed: true }), targetsOf(home)))).toMatch(reason);
    }
  });

  it("is not needed within the workspace of the agent where the sandbox has its own", () => {
    const home = createHome();
    home.mkdir("projects/x", "projectsx", ".openclaw/sandboxes/main");
    const facts = home.facts({ workspace: { access: "none", dir: home.path(".openclaw/sandboxes/main"), agentDir: home.path("projects") } });
    expect(judgeBind(`${home.path("projects/x")}:/x`, facts, targetsOf(home)).verdict).toBe("keep");
    expect(judgeBind(`${home.path("projectsx")}:/x`, facts, targetsOf(home)).verdict).toBe("refuse");
  });
});

describe("a source that has another name on the host", () => {
  it.each([
    ["of the state directory", (home: Home) => home.stateDir, /whole state directory/],
    ["of a forbidden entry", (home: Home) => `${home.stateDir}/credentials`, /channel tokens/],
    ["of what contains the secrets", (home: Home) => home.dir, /contains the state directory/],
  ])("is refused: a bind mount %s", (_, root, reason) => {
    const home = createHome();
    home.mkdir("elsewhere/mounted", ".openclaw/credentials");
    const hostMounts = [kernelMount("/", "rw"), kernelMount(home.path("elsewhere/mounted"), "rw", root(home))];
    for (const source of ["elsewhere/mounted", "elsewhere"]) {
      expect(because(judgeBind(`${home.path(source)}:/mnt/x:ro`, home.facts({ externalBindsAllowed: true, hostMounts }), targetsOf(home)))).toMatch(reason);
    }
  });

  it("is kept where no name is a secret's", () => {
    const home = createHome();
    home.mkdir("elsewhere", "data");
    const hostMounts = [kernelMount("/", "rw"), kernelMount(home.path("elsewhere"), "rw", home.path("data"))];
    expect(judgeBind(`${home.path("elsewhere")}:/mnt/x:ro`, home.facts({ externalBindsAllowed: true, hostMounts }), targetsOf(home)).verdict).toBe("keep");
  });
});

describe("options", () => {
  it.each(["ro", "rw", "z", "Z", "ro,noexec", "rw,nosuid,nodev", "rprivate", "ro,cached"])("%s stay", (options) => {
    expect(judge(`$/workspace/data:/data:${options}`)).toMatchObject({ verdict: "keep", spec: { options: options.split(",") } });
  });

  it.each([
    ["U", /owner/],
    ["ro,U", /owner/],
    ["shared", /"shared" carries mounts of the sandbox to the host/],
    ["rshared", /"rshared" carries/],
    ["rslave", /later mounts/],
    ["suid", /setuid/],
    ["dev", /device nodes/],
    ["exec", /noexec/],
    ["O", /file tools/],
    ["O,upperdir=/x", /"upperdir=\/x" is not one/],
    ["idmap=uids=0-1000-1", /other users/],
    ["RO", /"RO" is not one/],
    ["copy", /not one that fortress knows/],
    ["ro,rw", /ro and rw at once/],
  ])("%s are refused", (options, reason) => {
    const judgement = judge(`$/workspace/data:/data:${options}`);
    expect(because(judgement)).toMatch(reason);
    expect(remedy(judgement)).toMatch(/Use "[^"]+\/workspace\/data:\/mnt\/data:r[ow]"\.$/);
  });
});

describe("targets", () => {
  it.each(["/data", "/mnt/data", "/opt/tool", "/usr/share/data", "/tmp/data", "/home/x", "/var/data", "/out/one"])("%s is fine", (target) => {
    expect(judge(`$/workspace/data:${target}:ro`).verdict).toBe("keep");
  });

  it.each([
    ["/", /part of the sandbox's system/],
    ["/etc/passwd", /\(\/etc\)/],
    ["/bin/sh", /\(\/bin\)/],
    ["/usr", /part of the sandbox's system/],
    ["/usr/bin", /\(\/usr\/bin\)/],
    ["/usr/local/bin/node", /\(\/usr\/local\/bin\)/],
    ["/lib64", /system/],
    ["/proc/x", /\(\/proc\)/],
    ["/sys", /system/],
    ["/dev/shm", /\(\/dev\)/],
    ["/run/x", /\(\/run\)/],
    ["/tmp", /limited size/],
    ["/var/tmp", /limited size/],
    ["/var", /system|limited size/],
    ["/workspace", /OpenClaw's own mount/],
    ["/workspace/data", /OpenClaw's own mount/],
    ["/agent/x", /OpenClaw's own mount of \/agent$/],
    ["/agent-workspace", /what fortress mounts at \/agent-workspace/],
    ["/agent-workspace/x", /what fortress mounts/],
    ["$/x", /what fortress mounts/],
    ["$", /what fortress mounts/],
    ["~", /what fortress mounts/],
    ["/out/a/b", /would not stay read-only: renaming the directory above \/out\/a\/b in \/out/],
  ])("%s is refused", (target, reason) => {
    expect(because(judge(`$/workspace/data:${target}:ro`))).toMatch(reason);
  });

  it("may be deep below a writable one where the bind is writable, too", () => {
    expect(judge("$/workspace/data:/out/a/b:rw").verdict).toBe("keep");
  });

  it("may be directly below OpenClaw's own with the operator's switch for it, and never in its place", () => {
    const home = createHome();
    home.mkdir(".openclaw/workspace/data");
    const targets = { ...targetsOf(home), reservedAllowed: true };
    const verdict = (target: string): string => judgeBind(`${home.workspace}/data:${target}:ro`, home.facts(), targets).verdict;
    expect(["/workspace/ro", "/workspace", "/workspace/a/b", "/agent"].map(verdict)).toEqual(["keep", "refuse", "refuse", "refuse"]);
  });
});

it("names everything that is wrong with one bind", () => {
  expect(because(judge("~/.ssh:/etc/ssh:U", { externalBindsAllowed: true }))).toMatch(/keep settings and keys.*"U".*\(\/etc\)/);
});

it("binds what a link leads to, and not the link", () => {
  const home = createHome();
  home.mkdir(".openclaw/workspace/real");
  home.link(".openclaw/workspace/link", ".openclaw/workspace/real");
  home.write(".openclaw/workspace/real/file");
  const judged = (source: string): Judgement => judgeBind(`${home.workspace}/${source}:/data:ro`, home.facts(), targetsOf(home));
  expect(judged("link")).toMatchObject({ verdict: "keep", single: false, spec: { source: `${home.workspace}/real` } });
  expect(judged("link/file")).toMatchObject({ verdict: "keep", single: true });
});

it("replaces nothing that is agent-specific in a shared sandbox", () => {
  expect(judge("$/agents/main/sessions:/s:ro", { places: { agentId: undefined } }).verdict).toBe("refuse");
});
