/** Takes the README's pictures: the page as Chromium shows it, of a real gateway with real sandboxes and backups. */
import { truncateSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { ensureBrowser, launchBrowser } from "../support/browser.ts";
import { build } from "../support/build.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { livedIn } from "../support/lived-in.ts";
import { startScriptedModel } from "../support/model.ts";
import { prepareEngine } from "../support/setup.ts";

const MAX_BYTES = 200_000;
/** Something to see in the gauges: memory, processes, and one core. */
const WORK = "python3 -c 'import time; held = bytearray(1500 << 20); time.sleep(600)' & for i in $(seq 40); do sleep 600 & done; timeout 120 sh -c 'while :; do :; done' & wait";

/** Of an agent's, large enough to be damaged. */
const DATABASE = "memory/notes.sqlite";

const log = (line: string): void => console.error(line);
const shot = (name: string): string => join(import.meta.dirname, `${name}.png`);

/** The page at the plugin's own route. */
async function open(browser: Browser, gateway: Gateway, look: BrowserContextOptions): Promise<Page> {
  const page = await browser.newPage({ ...look, extraHTTPHeaders: { authorization: `Bearer ${gateway.token}` } });
  await page.goto(`${gateway.url}/plugins/fortress/page?refresh=off`);
  return page;
}

async function backup(gateway: Gateway, ...args: string[]): Promise<void> {
  const { exitCode, stderr } = await gateway.cli(["fortress", "backup", ...args]);
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`backup ${args.join(" ")} ended with ${exitCode}: ${stderr}`);
}

async function take(browser: Browser, gateway: Gateway): Promise<void> {
  log("A good day: the tab of the Control UI");
  const tab = await browser.newPage({ viewport: { width: 1320, height: 1100 }, colorScheme: "light" });
  await tab.goto(`${gateway.url}/fortress#token=${gateway.token}`);
  const frame = tab.frameLocator('iframe[src*="/plugins/fortress/page"]');
  await frame.locator("h1").waitFor({ timeout: 120_000 });
  // OpenClaw's own invitation, not ours to show.
  await tab.getByRole("button", { name: "Dismiss and don't show again" }).click();
  // CPU is measured from one look to the next.
  await tab.waitForTimeout(3_000);
  await frame.getByRole("link", { name: "Refresh now" }).click();
  await frame.getByRole("meter", { name: "CPUs" }).first().waitFor({ timeout: 120_000 });
  await tab.screenshot({ path: shot("tab-wide-light") });

  log("A worse one: a database is damaged, and a backup is made");
  truncateSync(join(gateway.stateDir, DATABASE), 6_000);
  await backup(gateway, "create");
  const narrow = await open(browser, gateway, { viewport: { width: 400, height: 1_250 }, colorScheme: "dark" });
  await narrow.screenshot({ path: shot("page-narrow-dark") });
  const wide = await open(browser, gateway, { viewport: { width: 1_100, height: 900 }, colorScheme: "light" });
  await wide.getByRole("region", { name: "Backups" }).screenshot({ path: shot("backups-wide-light") });
}

await using made = new AsyncDisposableStack();
const pluginDir = await build();
await ensureBrowser({ log });
const model = made.use(await startScriptedModel());
const home = livedIn();
const gateway = made.use(
  await startGateway({
    engine: await prepareEngine({ log }),
    model,
    pluginDir,
    async seed(stateDir) {
      await home.seed(stateDir);
      using database = new DatabaseSync(join(stateDir, DATABASE));
      database.exec("CREATE TABLE notes (text); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO notes SELECT 'note ' || i FROM n");
    },
    config: { agents: { entries: { main: { default: true }, research: {} } }, tools: { sandbox: { tools: { alsoAllow: ["fortress_status"] } } } },
  }),
);
log("Sandboxes, work in one of them, and backups");
await gateway.exec(WORK, { agent: "research", args: { background: true } });
await gateway.exec("true");
for (const args of [["create"], ["restore", "--drill"], ["create"]]) await backup(gateway, ...args);
const browser = await launchBrowser();
made.defer(() => browser.close());
await take(browser, gateway);
for (const name of ["tab-wide-light", "page-narrow-dark", "backups-wide-light"]) {
  const { size } = await stat(shot(name));
  log(`${shot(name)}: ${Math.round(size / 1_000)} kB`);
  if (size > MAX_BYTES) throw new Error(`${name} is larger than ${MAX_BYTES} bytes.`);
}
