import { ensureBrowser } from "../support/browser.ts";
import { build } from "../support/build.ts";
import { installDocker } from "../support/docker-install.ts";
import { DEVELOPER, ensureSandboxImage, SYSTEMD } from "../support/image.ts";
import { runtimeFor } from "../support/runtime.ts";
import { prepareEngine, prepareRootlessEngine } from "../support/setup.ts";

/**
 * Runs once before all real tests: the plugin folder, the engines with their images, the gateways' programs.
 * Here, because it takes minutes the first time, and holds locks of apt and of the engine's store that
 * tests beside it would wait for longer than they may.
 */
export default async function setup(): Promise<void> {
  const log = (line: string): void => console.log(line);
  log("Building dist/fortress");
  await build();
  await ensureBrowser({ log });
  const rootful = await prepareEngine({ log });
  const rootless = await prepareRootlessEngine({ log });
  // After Podman, whose tools come from the machine's own release.
  await installDocker(log);
  for (const engine of [rootful, rootless]) {
    await ensureSandboxImage(engine, { log });
    await runtimeFor(engine.user);
  }
  for (const kind of [DEVELOPER, SYSTEMD]) await ensureSandboxImage(rootful, { log, kind });
}
