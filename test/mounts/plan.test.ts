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
const WORKSPACE_RW = [`${STATE}/workspace:${STATE}/workspace:rw,z`, `${STATE}/workspace:/agent-workspace:rw,z`];

describe("the state directory", () => {
  it("is mounted by entry, and only what is there", () => {
    const home = createHome();
    home.mkdir(".openclaw/logs", ".openclaw/credentials", ".openclaw/agents/main/agent", ".openclaw/agents/main/sessions", ".openclaw/agents/other/sessions", ".openclaw/unheard-of");
    home.write(".openclaw/openclaw.json", "{}");
    home.write(".openclaw/skills", "a file in place of the directory");
    expect(binds(home, planMounts(home.facts()))).toEqual([own("agents/main/sessions"), own("logs"), ...WORKSPACE_RW]);
  });

  it("is mounted read-only, with a purpose each", () => {
    const home = createHome();
    home.mkdir(".openclaw/cron", ".openclaw/memory", ".openclaw/npm/projects", ".openclaw/media/inbound", ".openclaw/wiki/main");
    const { mounts } = planMounts(home.facts());
    const state = mounts.filter(({ source }) => !source.startsWith(home.workspace));
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
    expect(binds(home, planMounts(home.facts()))).toEqual(WORKSPACE_RW);
  });

  it("is seen at its configured path when that is a link", () => {
    const home = createHome();
    home.mkdir(".openclaw/logs");
    home.link("alias", ".openclaw");
    const plan = planMounts(home.facts({ stateDir: home.path("alias"), workspace: { dir: home.path("alias/workspace"), agentDir: home.path("alias/workspace") } }));
    expect(binds(home, plan)).toEqual([`${STATE}/logs:~/alias/logs:ro,z`, `${STATE}/workspace:~/alias/workspace:rw,z`, `${STATE}/workspace:/agent-workspace:rw,z`]);
  });

  it("gives a sandbox that several agents share nothing of one agent's own", () => {
    const home = createHome();
    home.mkdir(".openclaw/agents/main/sessions", ".openclaw/wiki/main", ".openclaw/logs", ".openclaw/agents/undefined/sessions");
    expect(binds(home, planMounts(home.facts({ places: { agentId: undefined } })))).toEqual([own("logs"), ...WORKSPACE_RW]);
  });

  it.each([".openclaw/logs", ".openclaw/logs/keys"])("loses the entry that the operator's secrets lie in (%s)", (secretsDir) => {
    const home = createHome();
    home.mkdir(secretsDir, ".openclaw/cron");
    expect(binds(home, planMounts(home.facts({ places: { secretsDir: home.path(secretsDir) } })))).toEqual([own("cron"), ...WORKSPACE_RW]);
  });
});

describe("what OpenClaw binds for nobody", () => {
  it("is left out and named, instead of failing every sandbox with OpenClaw's refusal", () => {
    const home = createHome();
    const stateDir = home.path(".config/openclaw");
    home.mkdir(".config/openclaw/logs", ".config/openclaw/skills", "projects");
    const own = { dir: home.path("projects"), agentDir: home.path("projects") };
    const plan = planMounts(home.facts({ stateDir, places: { stateDir }, workspace: own }));
    expect(binds(home, plan)).toEqual(["~/projects:~/projects:rw,z", "~/projects:/agent-workspace:rw,z"]);
    expect(plan.findings).toEqual([expect.objectContaining({ id: "mounts.blocked-by-host", severity: "warn" })]);
    expect(plan.findings[0]!.detail).toContain(`2 of 4 binds are left out, because OpenClaw binds nothing from ${home.path(".config")}`);
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
    ["none", [`${STATE}/sandboxes/main:${STATE}/sandboxes/main:rw,z`, `${STATE}/sandboxes/main:/agent-workspace:rw,z`]],
    ["ro", [`${STATE}/workspace:${STATE}/workspace:ro,z`, `${STATE}/workspace:/agent-workspace:ro,z`]],
    ["rw", WORKSPACE_RW],
  ] as const)("with access %s", (access, expected) => {
    const home = createHome();
    expect(binds(home, planMounts(home.facts(sandboxed(home, access))))).toEqual(expected);
  });

  it("keeps its skills read-only through every view", () => {
    const home = createHome();
    home.mkdir(".openclaw/workspace/skills", ".openclaw/workspace/.agents/skills");
    const views = [`${STATE}/workspace`, "/agent-workspace"];
    expect(binds(home, planMounts(home.facts()))).toEqual(
      views.flatMap((view) => [`${STATE}/workspace:${view}:rw,z`, `${STATE}/workspace/skills:${view}/skills:ro,z`, `${STATE}/workspace/.agents:${view}/.agents:ro,z`]),
    );
  });

  it("is not lost to an agent that puts files where directories should be", () => {
    const home = createHome();
    home.write(".openclaw/workspace/.agents");
    home.write(".openclaw/workspace/skills");
    expect(binds(home, planMounts(home.facts()))).toEqual(WORKSPACE_RW);
  });

  it("needs no overlay where it is read-only itself", () => {
    const home = createHome();
    home.mkdir(".openclaw/workspace/skills");
    expect(binds(home, planMounts(home.facts(sandboxed(home, "ro"))))).toHaveLength(2);
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
      expect(binds(home, planMounts(home.facts()))).toEqual(WORKSPACE_RW);
      home.remove(link);
    }
  });

  it("brings the skills that OpenClaw made ready, where it mounts the workspace itself", () => {
    const home = createHome();
    home.mkdir(".openclaw/sandbox/skills-workspaces/a1/skills");
    const skillsDir = home.path(".openclaw/sandbox/skills-workspaces/a1");
    const ready = `${STATE}/sandbox/skills-workspaces/a1/skills:${STATE}/sandbox/skills-workspaces/a1/skills:ro,z`;
    expect(binds(home, planMounts(home.facts({ workspace: { skillsDir } })))).toEqual([...WORKSPACE_RW, ready]);
    expect(binds(home, planMounts(home.facts({ workspace: { skillsDir: home.path("not-there") } })))).toEqual(WORKSPACE_RW);
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
    const kept = [`${home.workspace}/data:/data:rw`, "volume:/v"];
    const replaced = [`${home.stateDir}:${home.stateDir}:rw`, `${home.stateDir}/cron:${home.stateDir}/cron:rw`];
    const plan = planMounts(home.facts({ operatorBinds: [kept[0]!, ...replaced, kept[1]!] }));
    expect(plan.keptBinds).toEqual(kept);
    expect(plan.binds.slice(-2)).toEqual(kept);
    expect(binds(home, plan).slice(0, -2)).toEqual([own("cron"), ...WORKSPACE_RW]);
    expect(plan.findings).toMatchObject(replaced.map((bind) => ({ id: "mounts.bind-replaced", severity: "info", detail: expect.stringContaining(`"${bind}"`) as string })));
  });

  it("are all named when they are refused", () => {
    const home = createHome();
    home.mkdir(".openclaw/credentials");
    const operatorBinds = [`${home.dir}:/host:ro`, `${home.stateDir}:/state`, `${home.stateDir}/credentials:/c:ro`, "/usr/share:/s:ro"];
    const error = errorOf(() => planMounts(home.facts({ operatorBinds, workspace: { dir: home.stateDir } })));
    expect(error.code).toBe("mount-refused");
    for (const part of [`workspace ${home.stateDir}`, operatorBinds[0]!, operatorBinds[2]!, operatorBinds[3]!]) expect(error.message).toContain(part);
    expect(error.message).not.toContain("/state");
    for (const remedy of ["agents.*.workspace", "agents.*.sandbox.docker.binds", "dangerouslyAllowExternalBindSources"]) expect(error.remedy).toContain(remedy);
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
