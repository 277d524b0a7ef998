import { describe, expect, it } from "vitest";
import type { BackupReport } from "../../../src/model/backup.ts";
import type { SandboxReport, Verdict } from "../../../src/model/report.ts";
import { PAGE_POLICY, renderPage } from "../../../src/report/html/page.ts";
import { STYLE } from "../../../src/report/html/style.ts";
import { toJson } from "../../../src/report/json.ts";
import { GIB } from "../../fixtures/container.ts";
import { expectSchema, POSTURE, report, SANDBOX } from "../../fixtures/report.ts";

const AT = { at: new Date("2026-11-25T03:04:05Z"), refresh: 30 };
const page = (...sandboxes: SandboxReport[]): string => renderPage(report({ sandboxes }), AT);
/** Without tags, as one line. */
const words = (text: string): string => text.replace(STYLE, "").replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("the page", () => {
  it.each<Verdict>(["hardened", "attention", "exposed", "unknown"])("says %s in its title, its heading and its tone", (verdict) => {
    const text = renderPage(report({ verdict }), AT);
    expect(text).toContain(`<title>${verdict.toUpperCase()} · fortress</title>`);
    expect(text).toMatch(new RegExp(`<h1>.*${verdict.toUpperCase()}</h1>`));
    expect(text).toContain(`<body class="${verdict}">`);
    expect(text).toContain('datetime="2026-11-25T03:04:05.000Z"');
  });

  it("lists findings with severity, id and remedy", () => {
    const text = words(renderPage(report({ findings: [{ id: "host.sandbox-off", severity: "critical", detail: "It is off.", remedy: "Switch it on." }] }), AT));
    expect(text).toContain("Critical host.sandbox-off It is off. → Remedy: Switch it on.");
    expect(words(page())).toContain("Nothing needs attention.");
  });

  it("maps what a sandbox can write, read and not see", () => {
    const text = words(page({ ...SANDBOX, hidden: [{ entry: "credentials", holds: "tokens" }] }));
    expect(text).toContain("Can write 1 /agent-workspace Can only read 2 /home/ada/.openclaw/logs /home/ada/.openclaw/cron Hidden from it 1 credentials tokens");
  });

  it("folds long lists and loses none", () => {
    const mounts = Array.from({ length: 20 }, (_, index) => ({ target: `/m${index}`, mode: "ro" as const }));
    const text = page({ ...SANDBOX, mounts });
    expect(text).toContain("<summary>12 more</summary>");
    for (const { target } of mounts) expect(text).toContain(`<bdi>${target}</bdi>`);
  });

  it("shows use as a meter, and a limit that is not what it should be in words", () => {
    const limits: SandboxReport["limits"] = [
      { name: "memory", wanted: 8 * GIB, actual: 8 * GIB, used: 2 * GIB },
      { name: "memorySwap", wanted: 8 * GIB, actual: Infinity, used: 2 * GIB },
      { name: "cpus", wanted: 2, actual: 1, used: undefined },
      { name: "pids", wanted: 512, actual: undefined },
    ];
    const text = page({ ...SANDBOX, limits });
    expect(text).toContain(`<meter min="0" max="${8 * GIB}" high="${6.4 * GIB}" value="${2 * GIB}" aria-label="memory">2 GiB of 8 GiB</meter>`);
    expect(text.match(/<meter/g)).toHaveLength(1);
    expect(words(text)).toContain("memory+swap 2 GiB of unlimited ✗ wanted 8 GiB CPUs up to 1 PIDs unknown ✗ wanted 512");
  });

  it("says what could not be looked at, and shows nothing of a stopped sandbox", () => {
    expect(words(page({ ...SANDBOX, mounts: undefined })).match(/The kernel could not be asked/g)).toHaveLength(4);
    expect(words(page({ ...SANDBOX, hidden: [], posture: POSTURE }))).not.toContain("could not be asked");
    const stopped = words(page({ ...SANDBOX, running: false }));
    expect(stopped).toContain("stopped");
    expect(stopped).not.toContain("Limits");
  });

  it("names what each agent is granted, also where no sandbox exists", () => {
    const grants = [{ agentId: "main", secrets: ["A_KEY", "B_KEY"] }, { agentId: "ops", secrets: [] }];
    expect(words(renderPage(report({ grants }), AT))).toContain("Secrets granted, by name main A_KEY, B_KEY ops none");
    for (const none of [report(), report({ grants: [] })]) expect(words(renderPage(none, AT))).not.toContain("Secrets granted");
  });

  it("tells of the latest backups in words, and what to do where there is none", () => {
    const at = (day: number): string => new Date(2026, 10, day, 3).toISOString();
    const backup: BackupReport = {
      ...{ enabled: true, directory: "/backups/openclaw", older: 3, lastDrill: { at: at(22), outcome: "passed" }, nextRun: at(29) },
      latest: [
        { at: at(28), outcome: "failed", detail: "no space", kept: [] },
        { set: "000002-2026-11-27T03-00-00Z", at: at(27), outcome: "verified", bytes: GIB, files: 45, databases: 9, tookMs: 2_100, encrypted: true, kept: ["one of the newest", "the last of 2026-11 (monthly 1 of 12)"] },
        { set: "000001-2026-11-26T03-00-00Z", at: at(26), outcome: "unseen", kept: [] },
      ],
    };
    const text = renderPage(report({ backup }), AT);
    expect(words(text)).toContain("When State Holds Kept as 2026-11-28 03:00 ✗ failed no space – – 2026-11-27 03:00 ✓ verified 1 GiB, 45 files, 9 databases, 2.1 s, encrypted one of the newest, the last of 2026-11 (monthly 1 of 12) 2026-11-26 03:00 ? not looked at yet – – 3 older sets: openclaw fortress backup list Last drill passed, 2026-11-22 03:00 Next run 2026-11-29 03:00 Sets lie in /backups/openclaw");
    expect(text).toContain(`<time datetime="${at(27)}">`);
    const none = { ...backup, latest: [], older: 0 };
    expect(words(renderPage(report({ backup: none }), AT))).toContain("No backup was made yet. The gateway makes the first one by itself; to have one now: openclaw fortress backup create");
    expect(words(renderPage(report({ backup: { ...none, enabled: false } }), AT))).toContain("None is made by itself, as backups.enabled says; to make one: openclaw fortress backup create");
  });

  it("tells what was done last, and what was not, in words", () => {
    const at = new Date(2026, 10, 28, 3).toISOString();
    const timeline = { deeds: [{ at, action: "sandbox.removed", target: "sbx-1", because: "it did not answer", outcome: "failed" as const, detail: "stuck" }, { at, action: "backup.created", because: "daily", outcome: "done" as const }], older: 1 };
    const text = renderPage(report({ timeline }), AT);
    expect(words(text)).toContain("Timeline 2026-11-28 03:00 sandbox.removed sbx-1 failed it did not answer : stuck 2026-11-28 03:00 backup.created daily 1 older record: openclaw fortress log");
    expect(words(renderPage(report({ timeline: { deeds: [], older: 0 } }), AT))).toContain("Nothing was done yet.");
    expectSchema(toJson(report({ timeline })));
  });

  it("refreshes by navigation alone, unless it is paused", () => {
    expect(page()).toContain('<meta http-equiv="refresh" content="30">');
    const paused = renderPage(report(), { ...AT, refresh: undefined });
    expect(paused).not.toContain("http-equiv");
    expect(paused).toContain('<a href="?">Refresh every 30 s</a>');
  });
});

describe("hostile text", () => {
  const HOSTILE = `</style><script>alert(1)</script><img src=x onerror=y>"'&\u202e\u0000\n`;
  const SHOWN = "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=y&gt;&quot;&#39;&amp;?? ";

  it("is inert wherever it may stand", () => {
    const text = renderPage(
      report({
        backup: { enabled: true, directory: HOSTILE, older: 0, latest: [{ set: HOSTILE, at: HOSTILE, outcome: "degraded", detail: HOSTILE, kept: [HOSTILE] }] },
        timeline: { deeds: [{ at: HOSTILE, action: HOSTILE, target: HOSTILE, because: HOSTILE, outcome: "refused", detail: HOSTILE }], older: 0 },
        grants: [{ agentId: HOSTILE, secrets: [HOSTILE] }],
        findings: [{ id: HOSTILE, severity: "info", detail: HOSTILE, remedy: HOSTILE }],
        sandboxes: [{ ...SANDBOX, name: HOSTILE, agentId: HOSTILE, mounts: [{ target: HOSTILE, mode: "rw" }, { target: HOSTILE, mode: "ro" }], hidden: [{ entry: HOSTILE, holds: HOSTILE }], clipped: [HOSTILE], secrets: [HOSTILE], posture: { ...POSTURE, interfaces: [HOSTILE] } }],
      }),
      AT,
    );
    expect(text.split(SHOWN)).toHaveLength(1 + 23);
    expect(text).not.toMatch(/<(script|img)|[\u202e\0]/);
    expect(text.match(/<\/style>/g)).toHaveLength(1);
  });
});

describe("the policy", () => {
  it("allows the page's own style and nothing else", () => {
    expect(PAGE_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'self'$/);
    expect(page(SANDBOX)).not.toMatch(/style="|src=|<script|<link|https?:/);
  });
});
