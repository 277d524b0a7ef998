import { access } from "node:fs/promises";
import { chromium, type Browser } from "playwright-core";
import { installPackages, refreshPackageLists } from "./apt.ts";
import type { Log } from "./progress.ts";

const PATH = "/usr/bin/chromium";

/** Debian's Chromium, installed if need be. */
export async function ensureBrowser({ log }: { log: Log }): Promise<void> {
  const isThere = await access(PATH).then(() => true, () => false);
  if (isThere) return;
  if (process.getuid?.() !== 0) throw new Error(`The tests of the page need ${PATH}. Run them as root, or install Debian's package chromium, and try again.`);
  await refreshPackageLists(log);
  await installPackages(["chromium", "fonts-dejavu-core"], { log });
}

export function launchBrowser(): Promise<Browser> {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: PATH, args: ["--no-sandbox", ...quiet] });
}
