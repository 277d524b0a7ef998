import { ensureBrowser } from "../support/browser.ts";
import { build } from "../support/build.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { runtimeFor } from "../support/runtime.ts";
import { prepareEngine, prepareRootlessEngine } from "../support/setup.ts";

/** Runs once before all real tests: the plugin folder, both engines with the sandbox image, the gateways' programs. */
export default async function setup(): Promise<void> {
  const log = (line: string): void => console.log(line);
  log("Building dist/fortress");
  await build();
  await ensureBrowser({ log });
  for (const prepare of [prepareEngine, prepareRootlessEngine]) {
    const engine = await prepare({ log });
    await ensureSandboxImage(engine, { log });
    await runtimeFor(engine.user);
  }
}
