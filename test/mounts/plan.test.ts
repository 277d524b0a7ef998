import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hostBlocks } from "../../src/mounts/host-blocked.ts";
import { planMounts, type MountPlan } from "../../src/mounts/plan.ts";
import { errorOf } from "../fixtures/errors.ts";
import { createHome, type FactOverrides, type Home } from "../fixtures/home.ts";

/** The binds with the home directory as `~`. */
const binds = ({ dir }: Home, plan: MountPlan): string[] => plan.binds.map((bind) => bind.replaceAll(dir, "~"));

const STATE = "~/.openclaw";
const own = (path: string): string => `${STATE}/${path}:${STATE}/${path}:ro,z`;
const PROJECTION = `${STATE}/fortress/mounts/agents/main:${STATE}:ro,z`;
const SAFE = "rw,z,nosuid,nodev";
const cover = (view: string): string => `${STATE}/fortress/mounts/cover/workspace:${view}/.openclaw:ro,z`;
/** Every view of a workspace, then what covers parts of each. */
const views = (workspace: string, guards: (view: string) => string[] = (view) => [cover(view)]): string[] => {
  const targets = [workspace, "/agent-workspace", "/workspace"];
  return [...targets.map((target) => `${workspace}:${target}:${SAFE}`), ...targets.flatMap(guards)];
};
const WORKSPACE_RW = views(`${STATE}/workspace`);

describe("the state directory", () => {
  it("is mounted by entry, and only what is there", () => {
    const home = createHome();
    home.mkdir(".openclaw/logs", ".openclaw/credentials", ".openclaw/agents/main/agent", ".openclaw/agents/main/sessions", ".openclaw/agents/other/sessions", ".openclaw/unheard-of");
    home.write(".openclaw/openclaw.json", "{}");
    home.write(".openclaw/skills", "a file in place of the directory");
    expect(binds(home, planMounts(home.facts()))).toEqual([PROJECTION, own("agents/main/sessions"), own("logs"), ...WORKSPACE_RW]);
  });

  it("is mounted read-only, with a purpose each", () => {
    const home = createHome();
    home.mkdir(".openclaw/cron", ".openclaw/memory", ".openclaw/npm/projects", ".openclaw/media/inbound", ".openclaw/wiki/main");
    const { mounts } = planMounts(home.facts());
    const state = mounts.filter(({ source, purpose }) => !source.startsWith(home.workspace) && !source.includes("/fortress/") && purpose !== "");
    expect(state).toHaveLength(5);
    for (const { mode, purpose, source, target } of state) {
      expect({ mode, target }).toEqual({ mode: "ro", target: source });
      expect(purpose).not.toBe("");
    }
  });

  it("keeps links out, wherever they point", () => {
    const home = createHome();
    home.mkdir(".openclaw/credentials", ".openclaw/agents/other/sessions", "media/inbound", "elsewhere");
    home.link(".openclaw/logs", ".openclaw/credentials");
    home.link(".openclaw/cron", "elsewhere");
    home.link(".openclaw/media", "media");
    home.link(".openclaw/agents/main", ".openclaw/agents/other");
    expect(binds(home, planMounts(home.facts()))).toEqual([PROJECTION, ...WORKSPACE_RW]);
  });

  it("is seen at its configured path when that is a link", () => {
    const home = createHome();
    home.mkdir(".openclaw/logs");
    home.link("alias", ".openclaw");
    const plan = planMounts(home.facts({ stateDir: home.path("alias"), workspace: { dir: home.path("alias/workspace"), agentDir: home.path("alias/workspace") } }));
    expect(binds(home, plan)).toEqual([
      `${STATE}/fortress/mounts/agents/main:~/alias:ro,z`,
      `${STATE}/logs:~/alias/logs:ro,z`,
      ...["~/alias/workspace", "/agent-workspace", "/workspace"].map((target) => `${STATE}/workspace:${target}:${SAFE}`),
      ...["~/alias/workspace", "/agent-workspace", "/workspace"].map(cover),
    ]);
    expect(plan.own.folders.map((path) => path.replace(home.dir, "~"))).toContain(`${STATE}/fortress/mounts/agents/main/workspace/.openclaw`);
  });

  it("gives a sandbox that several agents share nothing of one agent's own", () => {
    const home = createHome();
    home.mkdir(".openclaw/agents/main/sessions", ".openclaw/wiki/main", ".openclaw/logs", ".openclaw/agents/undefined/sessions");
    expect(binds(home, planMounts(home.facts({ places: { agentId: undefined } })))).toEqual([`${STATE}/fortress/mounts/shared:${STATE}:ro,z`, own("logs"), ...WORKSPACE_RW]);
  });

  it.each([".openclaw/logs", ".openclaw/logs/keys"])("loses the entry that the operator's secrets lie in (%s)", (secretsDir) => {
    const home = createHome();
    home.mkdir(secretsDir, ".openclaw/cron");
    expect(binds(home, planMounts(home.facts({ places: { secretsDir: home.path(secretsDir) } })))).toEqual([PROJECTION, own("cron"), ...WORKSPACE_RW]);
  });

  it("gives an agent that is not the only one nothing that belongs to all of them", () => {
    const home = createHome();
    home.mkdir(".openclaw/logs", ".openclaw/memory", ".openclaw/cron", ".openclaw/media/inbound", ".openclaw/canvas", ".openclaw/skills", ".openclaw/agents/main/sessions");
    expect(binds(home, planMounts(home.facts({ soleAgent: false })))).toEqual([PROJECTION, own("agents/main/sessions"), own("skills"), ...WORKSPACE_RW]);
  });

  it("covers what an entry must not show, and leaves the entry out where that cannot be done", () => {
    const home = createHome();
    home.mkdir(".openclaw/skills/config");
    expect(binds(home, planMounts(home.facts()))).toEqual([PROJECTION, own("skills"), `${STATE}/fortress/mounts/cover/empty:${STATE}/skills/config:ro,z`, ...WORKSPACE_RW]);
    home.remove(home.path(".openclaw/skills/config"));
    home.link(".openclaw/skills/config", "elsewhere");
    const plan = planMounts(home.facts());
    expect(binds(home, plan)).toEqual([PROJECTION, ...WORKSPACE_RW]);
    expect(plan.findings).toEqual([expect.objectContaining({ id: "mounts.not-covered", severity: "warn", remedy: expect.stringContaining("skills/config") as string })]);
  });

  it("has every mountpoint made before, since below a read-only mount nobody can make one", () => {
    const home = createHome();
    home.mkdir(".openclaw/logs", ".openclaw/agents/main/sessions");
    const { own: { projection, folders }, mounts } = planMounts(home.facts());
    expect(projection).toEqual({ directory: home.path(".openclaw/fortress/mounts/agents/main"), agentId: "main" });
    for (const { target } of mounts.filter((mount) => mount.target.startsWith(`${home.stateDir}/`))) {
      expect(folders).toContain(target.replace(home.stateDir, projection!.directory));
    }
    expect(folders).toContain(home.path(".openclaw/fortress/mounts/cover/empty"));
    expect(folders).toContain(home.path(".openclaw/fortress/mounts/cover/workspace/sandbox-skills/skills"));
  });

  it("is not there at all in the minimal profile", () => {
    const home = createHome();
    home.mkdir(".openclaw/logs", ".openclaw/skills");
    const plan = planMounts(home.facts({ profile: { name: "minimal", add: [] } }));
    expect(binds(home, plan)).toEqual(WORKSPACE_RW);
    expect(plan.own.projection).toBeUndefined();
  });
});

describe("mounts that the configuration adds", () => {
  const add = (home: Home, ...mounts: { source: string; target: string; mode: "ro" | "rw" }[]): MountPlan => planMounts(home.facts({ profile: { name: "minimal", add: mounts.map((mount) => ({ ...mount, purpose: "data" })) } }));

  it("come after the others, without a label of their own, the writable ones with safeguards", () => {
    const home = createHome();
    home.mkdir("data", "out");
    home.link("link", "data");
    const plan = add(home, { source: home.path("link"), target: "/mnt/data", mode: "ro" }, { source: home.path("out"), target: "/mnt/out/", mode: "rw" });
    expect(binds(home, plan)).toEqual([...WORKSPACE_RW, "~/data:/mnt/data:ro", "~/out:/mnt/out:rw,nosuid,nodev"]);
    expect(plan.mounts.at(-1)).toMatchObject({ purpose: "data", mode: "rw" });
    expect(plan.browserBinds).toEqual([]);
  });

  it("have targets of their own, and are never left out silently", () => {
    const home = createHome();
    home.mkdir("a", "b", ".openclaw/workspace/c");
    const added = (source: string, target: string) => ({ source, target, mode: "ro" as const, purpose: "data" });
    const error = errorOf(() =>
      planMounts(
        home.facts({
          operatorBinds: [`${home.workspace}/c:/mnt/c:ro`],
          profile: { name: "standard", add: [added(home.path("a"), "/mnt/c"), added(home.path("a"), "/mnt/a"), added(home.path("b"), "/mnt/a/"), added(home.stateDir, "/state")] },
        }),
      ),
    );
    for (const part of ["workspace/c is mounted at /mnt/c already", "/a is mounted at /mnt/a already", "whole state directory"]) expect(error.message).toContain(part);
    expect(error.message).not.toContain(`${home.path("a")}:/mnt/a:ro"`);
  });

  it("are judged like the operator's binds, and all named", () => {
    const home = createHome();
    home.mkdir(".openclaw/credentials", ".ssh", "data");
    const error = errorOf(() => add(home, { source: home.path(".openclaw/credentials"), target: "/c", mode: "ro" }, { source: home.path(".ssh"), target: "/s", mode: "ro" }, { source: home.path("data"), target: "/etc", mode: "ro" }, { source: home.path("missing"), target: "/m", mode: "ro" }));
    expect(error.code).toBe("mount-refused");
    for (const part of ["mounts.add", "channel tokens", "keep settings and keys", "(/etc)", "does not exist"]) expect(error.message).toContain(part);
  });
});

describe("what OpenClaw binds for nobody", () => {
  it("is left out and named, instead of failing every sandbox with OpenClaw's refusal", () => {
    const home = createHome();
    const stateDir = home.path(".config/openclaw");
    home.mkdir(".config/openclaw/logs", ".config/openclaw/skills", "projects");
    const own = { dir: home.path("projects"), agentDir: home.path("projects") };
    const plan = planMounts(home.facts({ stateDir, places: { stateDir }, workspace: own }));
    expect(binds(home, plan)).toEqual(["~/projects", "/agent-workspace", "/workspace"].map((target) => `~/projects:${target}:${SAFE}`));
    expect(plan.findings).toEqual([expect.objectContaining({ id: "mounts.blocked-by-host", severity: "warn" })]);
    expect(plan.findings[0]!.detail).toContain(`6 of 9 binds are left out, because OpenClaw binds nothing from ${home.path(".config")}`);
  });

  it.each([
    ["/root/.openclaw/logs", "/root"],
    ["/root", "/root"],
    ["/rooted", undefined],
    ["/home/ada/.config/openclaw", "/home/ada/.config"],
    ["/home/ada/.configuration", undefined],
    ["/home/bob/.config", undefined],
    ["/run/user/1000/x", "/run"],
    ["/srv", undefined],
  ])("%s is below %s", (source, blocked) => {
    expect(hostBlocks(source, "/home/ada")).toBe(blocked);
  });
});

describe("the workspace", () => {
  const sandboxed = (home: Home, access: "none" | "ro" | "rw"): FactOverrides => {
    home.mkdir(".openclaw/sandboxes/main");
    return { workspace: { access, dir: access === "rw" ? home.workspace : home.path(".openclaw/sandboxes/main"), agentDir: home.workspace } };
  };

  it.each([
    ["none", views(`${STATE}/sandboxes/main`, () => [])],
    ["ro", [`${STATE}/workspace:${STATE}/workspace:ro,z`, `${STATE}/workspace:/agent-workspace:ro,z`]],
    ["rw", WORKSPACE_RW],
  ] as const)("with access %s", (access, expected) => {
    const home = createHome();
    expect(binds(home, planMounts(home.facts(sandboxed(home, access))))).toEqual([PROJECTION, ...expected]);
  });

  it("keeps what the gateway reads or runs read-only through every view, one level below it", () => {
    const home = createHome();
    home.mkdir(".openclaw/workspace/skills", ".openclaw/workspace/.agents/skills");
    const plan = planMounts(home.facts());
    expect(binds(home, plan)).toEqual([
      PROJECTION,
      ...views(`${STATE}/workspace`, (view) => [
        // OpenClaw mounts this one itself, and skips anybody else's.
        ...(view === "/workspace" ? [] : [`${STATE}/workspace/skills:${view}/skills:ro,z`]),
        `${STATE}/workspace/.agents:${view}/.agents:ro,z`,
        cover(view),
      ]),
    ]);
    const writable = plan.mounts.filter(({ mode }) => mode === "rw").map(({ target }) => target);
    for (const { target } of plan.mounts.filter(({ mode }) => mode === "ro")) {
      for (const parent of writable.filter((path) => target.startsWith(`${path}/`))) expect(target.slice(parent.length + 1)).not.toContain("/");
    }
  });

  it("is left to OpenClaw at its working directory where Docker could not make it safer, but covered there, too", () => {
    const home = createHome();
    home.mkdir(".openclaw/workspace/.agents/skills");
    const seen = binds(home, planMounts(home.facts({ engine: "docker", workdir: "/work" })));
    expect(seen.filter((bind) => bind.includes(":rw"))).toEqual([`${STATE}/workspace:${STATE}/workspace:rw,z`, `${STATE}/workspace:/agent-workspace:rw,z`]);
    expect(seen.filter((bind) => bind.includes(":/work/"))).toEqual([`${STATE}/workspace/.agents:/work/.agents:ro,z`, cover("/work")]);
  });

  it("does not hold other sandboxes' private workspaces", () => {
    const home = createHome();
    home.mkdir(".openclaw/sandboxes/agent-main-0123abcd", `.openclaw/sandboxes/workspace-${"a".repeat(32)}`);
    const shared = { access: "none", dir: home.path(".openclaw/sandboxes") } as const;
    const error = errorOf(() => planMounts(home.facts({ places: { agentId: undefined }, workspace: shared })));
    expect(error.message).toContain("private workspaces of other sandboxes (agent-main-0123abcd, workspace-aaaa");
    expect(error.remedy).toContain("sandbox.workspaceRoot");
    const alone = home.path(".openclaw/workspace-shared");
    home.mkdir(".openclaw/workspace-shared/notes-0", ".openclaw/workspace-shared/skills");
    expect(planMounts(home.facts({ places: { agentId: undefined }, workspace: { access: "none", dir: alone } })).mounts.length).toBeGreaterThan(0);
  });

  it.each(["/var/lib/docker/volumes", "/tmp", "/"])("is not %s", (dir) => {
    const facts = createHome().facts({ workspace: { dir, agentDir: dir } });
    const layout = { ...facts.layout, inspect: (path: string) => (path === dir ? { kind: "directory" as const, real: path } : facts.layout.inspect(path)) };
    expect(errorOf(() => planMounts({ ...facts, layout })).code).toBe("mount-refused");
  });

  it("is not lost to an agent that puts files where directories should be", () => {
    const home = createHome();
    home.write(".openclaw/workspace/.agents");
    home.write(".openclaw/workspace/skills");
    expect(binds(home, planMounts(home.facts()))).toEqual([PROJECTION, ...WORKSPACE_RW]);
  });

  it("needs no overlay where it is read-only itself", () => {
    const home = createHome();
    home.mkdir(".openclaw/workspace/skills");
    expect(binds(home, planMounts(home.facts(sandboxed(home, "ro"))))).toHaveLength(3);
  });

  it.each([
    ["skills", "skills"],
    [".agents", ".agents"],
    [".agents/skills", ".agents/skills"],
  ])("does not bind a link that was planted at %s", (_, planted) => {
    const home = createHome();
    home.mkdir(".openclaw/credentials/skills", ".openclaw/workspace/own/skills");
    if (planted.includes("/")) home.mkdir(".openclaw/workspace/.agents");
    for (const target of [home.path(".openclaw/credentials"), "own"]) {
      const link = join(home.workspace, planted);
      symlinkSync(target, link);
      expect(binds(home, planMounts(home.facts()))).toEqual([PROJECTION, ...WORKSPACE_RW]);
      home.remove(link);
    }
  });

  it("brings the skills that OpenClaw made ready, where it mounts the workspace itself", () => {
    const home = createHome();
    home.mkdir(".openclaw/sandbox/skills-workspaces/a1/skills");
    const skillsDir = home.path(".openclaw/sandbox/skills-workspaces/a1");
    const ready = `${STATE}/sandbox/skills-workspaces/a1/skills:${STATE}/sandbox/skills-workspaces/a1/skills:ro,z`;
    expect(binds(home, planMounts(home.facts({ workspace: { skillsDir } })))).toEqual([PROJECTION, ...WORKSPACE_RW, ready]);
    expect(binds(home, planMounts(home.facts({ workspace: { skillsDir: home.path("not-there") } })))).toEqual([PROJECTION, ...WORKSPACE_RW]);
    expect(binds(home, planMounts(home.facts({ workspace: { ...sandboxed(home, "none").workspace, skillsDir } })))).not.toContain(ready);
  });

  it.each([
    ["the home directory", "", /contains the state directory/],
    ["the state directory", ".openclaw", /whole state directory/],
    ["the secrets", ".config/openclaw-secrets", /reaches the secrets/],
    ["a directory of the secrets", ".config/openclaw-secrets/work", /reaches the secrets/],
    ["a directory above the secrets", ".config", /reaches the secrets/],
    ["a forbidden entry", ".openclaw/credentials", /channel tokens/],
    ["a directory of a forbidden entry", ".openclaw/state/work", /shared database/],
    ["an entry that only the gateway writes", ".openclaw/cron", /never writable/],
    ["an unheard-of entry", ".openclaw/mine", /nobody classified mine/],
    ["a link to a forbidden entry", "alias", /channel tokens/],
  ])("is refused when it is %s", (_, path, because) => {
    const home = createHome();
    home.mkdir(".openclaw/credentials");
    home.link("alias", ".openclaw/credentials");
    for (const workspace of [{ dir: home.path(path), agentDir: home.path(path) }, { access: "ro", agentDir: home.path(path) } as const, { access: "none", dir: home.path(path) } as const]) {
      const error = errorOf(() => planMounts(home.facts({ workspace })));
      expect(error.code).toBe("mount-refused");
      expect(error.message).toMatch(because);
      expect(error.remedy).toContain("agents.*.workspace");
    }
  });

  it("cannot have a colon in its path", () => {
    const home = createHome();
    home.mkdir("a:b");
    expect(errorOf(() => planMounts(home.facts({ workspace: { dir: home.path("a:b"), agentDir: home.path("a:b") } })))).toMatchObject({
      code: "mount-refused",
      message: `the path ${home.path("a:b")} contains a colon, which no engine can bind.`,
    });
  });
});

describe("the operator's binds", () => {
  it("stay, go with a finding, or refuse the sandbox", () => {
    const home = createHome();
    home.mkdir(".openclaw/cron", ".openclaw/workspace/data");
    home.write(".openclaw/workspace/file.txt");
    const kept = [`${home.workspace}/data:/data:rw`, `${home.workspace}/file.txt:/file.txt:ro`];
    const replaced = [`${home.stateDir}:${home.stateDir}:rw`, `${home.stateDir}/cron:${home.stateDir}/cron:rw`];
    const plan = planMounts(home.facts({ operatorBinds: [kept[0]!, ...replaced, kept[1]!] }));
    const stay = [`${kept[0]},nosuid,nodev`, kept[1]];
    expect(plan.browserBinds).toEqual(stay);
    expect(plan.binds.slice(-2)).toEqual(stay);
    expect(binds(home, plan).slice(0, -2)).toEqual([PROJECTION, own("cron"), ...WORKSPACE_RW]);
    expect(plan.findings).toMatchObject([...replaced.map((bind) => ({ id: "mounts.bind-replaced", severity: "info", detail: expect.stringContaining(`"${bind}"`) as string })), { id: "mounts.bind-of-file", remedy: expect.stringContaining(home.workspace) as string }]);
  });

  it("that OpenClaw would drop for a later one with the same target are named", () => {
    const home = createHome();
    home.mkdir(".openclaw/workspace/a", ".openclaw/workspace/b");
    const plan = planMounts(home.facts({ operatorBinds: [`${home.workspace}/a:/data:ro`, `${home.workspace}/b:/data/:ro`] }));
    expect(plan.binds.at(-1)).toBe(`${home.workspace}/b:/data:ro`);
    expect(plan.binds.filter((bind) => bind.includes(":/data"))).toHaveLength(1);
    expect(plan.findings).toMatchObject([{ id: "mounts.bind-replaced", detail: expect.stringMatching(/workspace\/a:\/data:ro" is not used: .*OpenClaw takes the last one/) as string }]);
  });

  it("of the browser container are judged, too, and only it gets them", () => {
    const home = createHome();
    home.mkdir(".openclaw/credentials", ".openclaw/workspace/data");
    const fine = `${home.workspace}/data:/data:ro`;
    const plan = planMounts(home.facts({ operatorBinds: [], browserBinds: [fine] }));
    expect(plan.browserBinds).toEqual([fine]);
    expect(plan.binds).not.toContain(fine);
    expect(planMounts(home.facts({ operatorBinds: [fine], browserBinds: [] })).browserBinds).toEqual([]);
    expect(errorOf(() => planMounts(home.facts({ browserBinds: [`${home.stateDir}/credentials:/c:ro`] }))).message).toContain("channel tokens");
  });

  it("are all named when they are refused", () => {
    const home = createHome();
    home.mkdir(".openclaw/credentials");
    const operatorBinds = [`${home.dir}:/host:ro`, `${home.stateDir}:/state`, `${home.stateDir}/credentials:/c:ro`, "/usr/share:/s:ro"];
    const error = errorOf(() => planMounts(home.facts({ operatorBinds, workspace: { dir: home.stateDir } })));
    expect(error.code).toBe("mount-refused");
    for (const part of [`workspace ${home.stateDir}`, operatorBinds[0]!, operatorBinds[2]!, operatorBinds[3]!]) expect(error.message).toContain(part);
    expect(error.message).not.toContain("/state");
    for (const remedy of ["agents.*.workspace", `For "${operatorBinds[0]}": Remove it`, "dangerouslyAllowExternalBindSources"]) expect(error.remedy).toContain(remedy);
  });
});

it("gives the same binds in the same order for the same input, however the entries came to be", () => {
  const [first, second] = [createHome(), createHome()];
  const entries = ["skills", "logs", "agents/main/sessions", "cron", "memory", "tools", "workspace/skills"].map((name) => `.openclaw/${name}`);
  first.mkdir(...entries);
  second.mkdir(...entries.toReversed());
  const plan = binds(first, planMounts(first.facts()));
  expect(plan).toEqual(binds(first, planMounts(first.facts())));
  expect(plan).toEqual(binds(second, planMounts(second.facts())));
});
