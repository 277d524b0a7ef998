import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Frame, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderPage } from "../../src/report/html/page.ts";
import type { ReportJson } from "../../src/report/schema.ts";
import { POSTURE, report, SANDBOX } from "../fixtures/report.ts";
import { barriers } from "../support/accessibility.ts";
import { launchBrowser } from "../support/browser.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import { type FakeClock, fakeClock } from "../support/fake-clock.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { secretsFile } from "../support/lived-in.ts";
import { startScriptedModel, type ScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

/** A name that a program in the state directory may choose. */
const HOSTILE = "<img src=x onerror=document.title='owned'>\u202e";
const PATIENCE = { timeout: 120_000 };

let model: ScriptedModel;
let clock: FakeClock;
let gateway: Gateway;
let browser: Browser;
let sandbox: string;

beforeAll(async () => {
  model = await startScriptedModel();
  browser = await launchBrowser();
  clock = await fakeClock();
  gateway = await startGateway({
    engine: await prepareEngine({ log: () => {} }),
    model,
    pluginDir: PLUGIN_DIR,
    env: clock.env,
    // Enough that the list of what is hidden folds, and these last.
    seed: async (stateDir) => void ["credentials", HOSTILE, ...Array.from({ length: 9 }, (_, index) => `zz-${index}`)].map((name) => mkdirSync(join(stateDir, name), { recursive: true })),
  });
  await gateway.exec("true");
  [sandbox] = (await gateway.containers()) as [string];
});
afterAll(async () => {
  await browser?.close();
  await gateway?.dispose();
  await clock?.[Symbol.asyncDispose]();
  await model?.close();
});

const bearer = (token: string): { headers: Record<string, string> } => ({ headers: { authorization: `Bearer ${token}` } });
const at = (path: string): string => `${gateway.url}/plugins/fortress/${path}`;

describe.each(["page", "metrics"])("the %s", (path) => {
  it.each<[string, () => RequestInit]>([
    ["without a token", () => ({})],
    ["with a wrong token", () => bearer("0".repeat(48))],
  ])("is closed %s", async (_, options) => {
    const response = await fetch(at(path), options());
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(sandbox);
  });

  it("takes no token from the address", async () => {
    expect((await fetch(`${at(path)}?token=${gateway.token}`)).status).toBe(401);
  });

  it("only reads", async () => {
    expect((await fetch(at(path), { method: "POST", ...bearer(gateway.token) })).status).toBe(405);
  });
});

it("the metrics are those of the report", async () => {
  const response = await fetch(at("metrics"), bearer(gateway.token));
  expect(response.headers.get("content-type")).toContain("version=0.0.4");
  const text = await response.text();
  expect(text).toContain('fortress_verdict{verdict="hardened"} 1\n');
  expect(text).toContain(`fortress_sandbox_pids_limit{sandbox="${sandbox}",agent="main",engine="podman"} 512\n`);
  expect(Number(/^fortress_sandbox_memory_used_bytes\{.*\} (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(10_000);
});

describe("a page with everything on it, whatever the verdict", () => {
  const at = "2026-11-28T03:00:00.000Z";
  const EVERYTHING = {
    lockdown: { since: at, because: "asked for by command" },
    findings: (["critical", "warn", "info"] as const).map((severity) => ({ id: "a.b", severity, detail: "It is so.", remedy: "Mend it." })),
    maintenance: { ranAt: at, steps: (["well", "found", "partial", "failed"] as const).map((outcome) => ({ id: outcome, outcome, detail: "This." })) },
    backup: { enabled: true, older: 2, latest: (["verified", "degraded", "failed", "unreadable", "unseen"] as const).map((outcome) => ({ at, outcome, bytes: 1, detail: "This.", kept: ["one of the newest"] })) },
    timeline: { older: 1, deeds: (["done", "failed", "refused"] as const).map((outcome) => ({ at, action: "a.b", target: "box", because: "asked for", outcome })) },
    grants: [{ agentId: "main", secrets: ["A_KEY"] }],
    sandboxes: [{ ...SANDBOX, posture: POSTURE, hidden: [], limits: SANDBOX.limits.map((limit) => ({ ...limit, used: 1 })), mounts: Array.from({ length: 20 }, (_, index) => ({ target: `/m${index}`, mode: "ro" as const })) }, { ...SANDBOX, name: "old", running: false }],
  };

  it.each((["hardened", "attention", "exposed", "unknown"] as const).flatMap((verdict) => ([["light", 1280], ["dark", 375]] as const).map((look) => [verdict, ...look] as const)))("keeps nobody from reading it: %s, %s, %d wide", async (verdict, colorScheme, width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    await page.setContent(renderPage(report({ verdict, ...EVERYTHING }), { at: new Date(at), refresh: undefined }));
    expect(await barriers(page)).toEqual([]);
    await page.close();
  });
});

describe("a browser without the gateway's token", () => {
  it.each(["fortress", "plugins/fortress/page"])("shows nothing of any sandbox at /%s", async (path) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const loaded = await page.goto(`${gateway.url}/${path}`, PATIENCE);
    if (path !== "fortress") expect(loaded?.status()).toBe(401);
    // The Control UI asks for the token instead of opening its tabs.
    else await page.locator(".login-gate").first().waitFor(PATIENCE);
    expect(await page.locator('iframe[src*="/plugins/fortress/page"]').count()).toBe(0);
    expect(await page.content()).not.toContain(sandbox);
    await context.close();
  });
});

describe("the tab of the Control UI", () => {
  let page: Page;
  const requests: string[] = [];

  /** The document in the tab's frame; another one after each load. */
  async function frame(): Promise<Frame> {
    const element = await page.waitForSelector('iframe[src*="/plugins/fortress/page"]', PATIENCE);
    return (await element.contentFrame())!;
  }

  /** By key: a click goes to where the link was before the window changed its size. */
  async function press(link: string): Promise<void> {
    await (await frame()).getByRole("link", { name: link }).press("Enter", PATIENCE);
  }

  async function follow(link: string, thenThereIs: string): Promise<void> {
    await press(link);
    await (await frame()).getByRole("link", { name: thenThereIs }).waitFor(PATIENCE);
  }

  beforeAll(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(`${gateway.url}/fortress#token=${gateway.token}`, PATIENCE);
    await (await frame()).waitForSelector("h1", PATIENCE);
  });

  it("says the verdict, what is hidden, and how much of each limit is in use", async () => {
    const shown = await frame();
    expect(await shown.getByRole("heading", { level: 1 }).innerText()).toContain("HARDENED");
    const card = shown.getByRole("article", { name: sandbox });
    const text = await card.innerText();
    for (const part of ["/agent-workspace", "credentials", "channel tokens and OAuth data", "no capabilities", "agent main"]) expect(text).toContain(part);
    expect(await card.getByRole("meter", { name: "PIDs" }).textContent()).toMatch(/^\d+ of 512$/);
    expect(await card.getByRole("meter", { name: "memory", exact: true }).getAttribute("value").then(Number)).toBeGreaterThan(10_000);
  });

  it("shows hostile names as text, loads nothing and runs nothing", async () => {
    const shown = await frame();
    for (const summary of await shown.locator("summary").all()) await summary.click();
    expect(await shown.getByText("<img src=x onerror=document.title='owned'>?").isVisible()).toBe(true);
    expect(await shown.locator("img, script, link, [style]").count()).toBe(0);
    expect(await shown.title()).toBe("HARDENED · fortress");
    expect(requests.filter((url) => !url.startsWith(gateway.url) && !/^(data|blob):/.test(url))).toEqual([]);
    // What an attacker could put in is stopped by the policy as well.
    await shown.evaluate(`document.body.insertAdjacentHTML("beforeend", "<p id=probe style='color: rgb(1, 2, 3)'></p>")`);
    expect(await shown.evaluate('getComputedStyle(document.querySelector("#probe")).color')).not.toBe("rgb(1, 2, 3)");
  });

  it("can be read by keyboard and screen reader", async () => {
    // Its own refresh would take the focus away.
    await follow("Pause the refresh", "Refresh every 30 s");
    const shown = await frame();
    for (const landmark of ["banner", "main", "navigation"] as const) expect(await shown.getByRole(landmark).count()).toBe(1);
    const levels = await shown.locator("h1, h2, h3, h4").evaluateAll((all) => all.map((each) => Number(each.tagName.slice(1))));
    expect(levels.every((level, index) => index === 0 ? level === 1 : level <= levels[index - 1]! + 1)).toBe(true);
    expect(await barriers(shown)).toEqual([]);
    await page.locator("iframe").focus();
    await page.keyboard.press("Tab");
    const focused = async (): Promise<unknown> => shown.evaluate("document.activeElement.textContent");
    expect(await focused()).toBe("Skip to the findings");
    // What folds, folds by key as well.
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await focused()).toMatch(/^\d+ more$/);
    const unfolded = async (): Promise<unknown> => shown.evaluate("document.activeElement.parentElement.open");
    const before = await unfolded();
    await page.keyboard.press("Enter");
    expect(await unfolded()).toBe(!before);
    await follow("Refresh every 30 s", "Pause the refresh");
  });

  it("fits narrow and wide windows, light and dark", async () => {
    const look = async (): Promise<{ overflows: boolean; background: string }> =>
      (await frame()).evaluate("({ overflows: document.documentElement.scrollWidth > document.documentElement.clientWidth, background: getComputedStyle(document.body).backgroundColor })");
    const light = await look();
    expect(light.overflows).toBe(false);
    await page.setViewportSize({ width: 375, height: 700 });
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await look();
    expect(dark.overflows).toBe(false);
    expect(dark.background).not.toBe(light.background);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("tells of the backups that were made, of what one lacks as well, however that is called", async () => {
    const create = async (): Promise<number | undefined> => (await gateway.cli(["fortress", "backup", "create"])).exitCode;
    const shown = async (): Promise<Frame> => {
      const answer = page.waitForResponse((response) => response.url().includes("/plugins/fortress/page"), PATIENCE);
      await press("Refresh now");
      await (await answer).finished();
      await table(await frame()).waitFor(PATIENCE);
      return frame();
    };
    const table = (inFrame: Frame): Locator => inFrame.getByRole("table", { name: "The latest backups, the newest first" });
    // Its own refresh would take the page away while it is looked at.
    await follow("Pause the refresh", "Refresh every 30 s");
    expect(await create()).toBe(0);
    const damaged = join(gateway.stateDir, `${HOSTILE}.sqlite`);
    writeFileSync(damaged, `SQLite format 3\0${"x".repeat(4_096)}`);
    expect(await create()).toBe(1);
    const sets = readdirSync(join((await gateway.call<ReportJson>("fortress.status")).backup!.directory!, "sets")).toSorted().toReversed();
    for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [375, "light"], [375, "dark"]] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const inFrame = await shown();
      const rows = await table(inFrame).getByRole("row").filter({ hasNot: inFrame.getByRole("columnheader") }).allInnerTexts();
      expect(rows).toHaveLength(sets.length);
      expect(rows[0]).toMatch(/! degraded/);
      expect(rows[0]).toContain("<img src=x onerror=document.title='owned'>?.sqlite");
      expect(rows[1]).toMatch(/^20[0-9-]{8} [0-9:]{5}\s+✓ verified\s+[\d.]+ [KM]iB, \d+ files, \d+ databases?, [\d.]+ s\s+one of the newest/);
      expect(await inFrame.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")).toBe(false);
      expect(await inFrame.title()).toBe("ATTENTION · fortress");
      const deeds = await inFrame.getByRole("region", { name: "Timeline" }).getByRole("listitem").allInnerTexts();
      expect(deeds.slice(0, 2)).toEqual([expect.stringMatching(/backup\.created .* failed\s+asked for by command/), expect.stringMatching(/backup\.created .*\s+asked for by command$/)]);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await follow("Refresh every 30 s", "Pause the refresh");
    rmSync(damaged);
    expect(await create()).toBe(0);
    expect((await gateway.call<ReportJson>("fortress.status")).backup?.latest.map(({ outcome }) => outcome)).not.toContain("degraded");
  });

  it("refreshes itself, until it is paused", async () => {
    const time = async (): Promise<string> => (await (await frame()).locator("nav time").getAttribute("datetime", PATIENCE)) ?? "";
    const before = await time();
    await expect.poll(time, { ...PATIENCE, interval: 1_000 }).not.toBe(before);
    await (await frame()).getByRole("link", { name: "Pause the refresh" }).click(PATIENCE);
    const paused = await frame();
    await paused.getByRole("link", { name: "Refresh every 30 s" }).waitFor(PATIENCE);
    expect(await paused.locator('meta[http-equiv="refresh"]').count()).toBe(0);
  });

  it("shows nothing any more once its grant ran out, is another's, or gone", async () => {
    const grants = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
    const ask = async (cookie: string): Promise<number> => (await fetch(at("page"), { headers: { cookie } })).status;
    // What it grants, and until when, stands in it beside a signature.
    expect([await ask(grants), await ask(grants.replace(/[^.]+$/, (signature) => [...signature].toReversed().join("")))]).toEqual([200, 401]);
    // OpenClaw grants it for five minutes, and the browser asks anew while it shows the page.
    await clock.set("+10m");
    await expect.poll(() => ask(grants), PATIENCE).toBe(401);
    await clock.set("+0");
    await expect.poll(() => ask(grants), PATIENCE).toBe(200);
    await page.context().clearCookies();
    const shown = await frame();
    const answer = page.waitForResponse((response) => response.url().includes("/plugins/fortress/page"), PATIENCE);
    await shown.getByRole("link", { name: "Refresh now" }).click(PATIENCE);
    expect((await answer).status()).toBe(401);
    expect(await (await frame()).locator("body").innerText(PATIENCE)).not.toContain(sandbox);
  });
});

it("an event says that the verdict changed", async () => {
  const all = async (): Promise<unknown[]> => (await gateway.events()).map((event) => JSON.parse(event) as { event: string; payload: unknown }).filter(({ event }) => event === "plugin.fortress.verdict").map(({ payload }) => payload);
  const earlier = (await all()).length;
  const verdicts = async (): Promise<unknown[]> => (await all()).slice(earlier);
  const secrets = secretsFile(gateway.home);
  mkdirSync(dirname(secrets), { recursive: true, mode: 0o700 });
  writeFileSync(secrets, "A_KEY=a\n", { mode: 0o600 });
  // An answer may be that of a look that had begun before.
  const verdict = async (): Promise<string> => (await gateway.call<ReportJson>("fortress.status")).verdict;
  await expect.poll(verdict, PATIENCE).toBe("hardened");
  chmodSync(secrets, 0o644);
  await expect.poll(verdict, PATIENCE).toBe("exposed");
  await expect.poll(verdicts, PATIENCE).toEqual([{ verdict: "exposed", before: "hardened", critical: 1, warn: 0 }]);
  chmodSync(secrets, 0o600);
  await expect.poll(verdict, PATIENCE).toBe("hardened");
  await expect.poll(verdicts, PATIENCE).toHaveLength(2);
});
