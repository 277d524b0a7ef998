import { describe, expect, it } from "vitest";
import { judgeBind, type Judgement } from "../../src/mounts/judge.ts";
import { createHome, type FactOverrides } from "../fixtures/home.ts";

type Case = readonly [bind: string, verdict: Judgement["verdict"], because?: RegExp];

/** `~` is the home directory, `$` the state directory. */
function judge(bind: string, overrides: FactOverrides = {}): Judgement {
  const home = createHome();
  home.mkdir(".openclaw/credentials", ".openclaw/agents/main/agent", ".openclaw/agents/other/sessions", ".openclaw/agents/main/sessions", ".openclaw/cron", ".openclaw/new-thing", ".openclaw/workspace/data", "elsewhere");
  home.write(".openclaw/openclaw.json", "{}");
  home.link("alias", ".openclaw");
  home.link("elsewhere/deep", ".openclaw/credentials");
  home.link(".openclaw/workspace/planted", ".openclaw/credentials");
  home.link(".openclaw/workspace/out", "/usr/share");
  return judgeBind(bind.replaceAll("$", home.stateDir).replaceAll("~", home.dir), home.facts(overrides));
}

const because = (judgement: Judgement): string => ("because" in judgement ? judgement.because : "");

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
    ["~:/host:ro", "refuse", /contains the state directory/],
    ["/:/host:ro", "refuse", /contains the state directory/],
    ["~/.config:/c:ro", "refuse", /secrets/],
    ["~/.config/openclaw-secrets:/c:ro", "refuse", /secrets/],
    ["~/.config/openclaw-secrets/secrets.env:/c:ro", "refuse", /secrets/],
  ],
  "entries onto themselves, as the guide has them": [
    ["$/agents:$/agents:rw", "replace", /mounted by the table/],
    ["$/agents/main:$/agents/main:rw", "replace"],
    ["$/cron:$/cron:rw", "replace"],
    ["$/cron/:$/cron:rw", "replace"],
    ["$/memory:$/memory:rw", "replace"],
    ["$/logs:$/logs:ro", "replace"],
    ["$/openclaw.json:$/openclaw.json:ro", "refuse", /inline tokens/],
    ["$/credentials:$/credentials:ro", "refuse", /channel tokens/],
    ["$/agents/main/agent:$/agents/main/agent:ro", "refuse", /auth profiles/],
    ["$/new-thing:$/new-thing:ro", "refuse", /nobody classified new-thing/],
    ["$/agents/other/sessions:$/agents/other/sessions:ro", "refuse", /nobody classified/],
  ],
  "entries at other targets": [
    ["$/cron:/cron:ro", "keep"],
    ["$/cron:/cron:ro,z", "keep"],
    ["$/cron:/cron:rw", "refuse", /never writable/],
    ["$/cron:/cron", "refuse", /never writable/],
    ["$/agents/main/sessions:/sessions:ro", "keep"],
    ["$/agents:/agents:ro", "refuse", /auth profiles/],
    ["$/agents/other/sessions:/sessions:ro", "refuse", /nobody classified/],
    ["$/new-thing:/new:ro", "refuse", /nobody classified/],
    ["$/not-there:/new:ro", "refuse", /nobody classified/],
    ["$/credentials:/c:ro", "refuse"],
    ["$/workspace:/agent-workspace:rw", "keep"],
    ["$/workspace/data:/data", "keep"],
  ],
  "links to what must not be seen": [
    ["~/elsewhere/deep:/d:ro", "refuse", /channel tokens/],
    ["~/elsewhere/deep/telegram:/d:ro", "refuse", /channel tokens/],
    ["$/workspace/planted:/d:ro", "refuse", /channel tokens/],
    ["~/alias/credentials:/d:ro", "refuse", /channel tokens/],
    ["~/alias/cron:/cron:ro", "keep"],
  ],
  "sources outside": [
    ["/usr/share:/usr/share:ro", "refuse", /outside the workspace/],
    ["~/elsewhere:/e", "refuse", /outside the workspace/],
    ["$/workspace/out:/out", "refuse", /outside the workspace/],
  ],
  "what OpenClaw judges itself": [
    ["volume:/data", "keep"],
    ["./data:/data", "keep"],
    ["/a:/b:ro:z", "keep"],
  ],
};

describe.each(Object.entries(CASES))("%s", (_, cases) => {
  it.each(cases.map(([bind, verdict, reason = /(?:)/]) => [bind, verdict, reason] as const))("%s: %s", (bind, verdict, reason) => {
    const judgement = judge(bind);
    expect(judgement.verdict).toBe(verdict);
    expect(because(judgement)).toMatch(reason);
  });
});

describe("the operator's own switch for external sources", () => {
  it.each(["/usr/share:/usr/share:ro", "~/elsewhere:/e"])("lets %s pass", (bind) => {
    expect(judge(bind, { externalBindsAllowed: true }).verdict).toBe("keep");
  });

  it.each(["~:/host:ro", "$/credentials:/c:ro", "~/elsewhere/deep:/d", "~/.config:/c:ro", "$/cron:/cron:rw"])("does not let %s pass", (bind) => {
    expect(judge(bind, { externalBindsAllowed: true }).verdict).toBe("refuse");
  });

  it("is not needed within the workspace of the agent where the sandbox has its own", () => {
    const home = createHome();
    home.mkdir("projects/x", ".openclaw/sandboxes/main");
    const facts = home.facts({ workspace: { access: "none", dir: home.path(".openclaw/sandboxes/main"), agentDir: home.path("projects") } });
    expect(judgeBind(`${home.path("projects/x")}:/x`, facts).verdict).toBe("keep");
    expect(judgeBind(`${home.path("projectsx")}:/x`, facts).verdict).toBe("refuse");
  });
});

it("replaces nothing that is agent-specific in a shared sandbox", () => {
  expect(judge("$/agents/main/sessions:/s:ro", { places: { agentId: undefined } }).verdict).toBe("refuse");
});
