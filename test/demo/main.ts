/** Shows what fortress changes: an agent runs the guide's five verification commands without it and with it. */
import { build } from "../support/build.ts";
import { cacheFolder } from "../support/folders.ts";
import type { Gateway } from "../support/gateway.ts";
import { ensureSandboxImage } from "../support/image.ts";
import { startScriptedModel } from "../support/model.ts";
import type { Log } from "../support/progress.ts";
import { prepareEngine } from "../support/setup.ts";
import { Interrupted, interruption } from "./interruption.ts";
import { isProven, renderReport } from "./report.ts";
import { play } from "./situation.ts";
import { createStep, type Step } from "./steps.ts";
import { paint } from "./table.ts";

async function demo(step: Step, made: AsyncDisposableStack): Promise<boolean> {
  const engine = await step("Podman 5 and a sandbox image", async (log) => {
    const prepared = await prepareEngine({ log });
    await ensureSandboxImage(prepared, { log });
    return prepared;
  });
  const plugin = await step("The plugin folder dist/fortress", build);
  const model = made.use(await startScriptedModel());
  const keep = (starting: Promise<Gateway>) => made.defer(async () => (await starting.catch(() => undefined))?.dispose());

  const run = (name: string, pluginDir: string | undefined, log: Log) =>
    play({ engine, model, keep, pluginDir, log: (line) => log(`${name}: ${line}`) }).catch((error: Error) => {
      throw new Error(`${name} fortress: ${error.message}`, { cause: error });
    });
  const [without, within] = await step("An agent without fortress, and one with it", (log) =>
    Promise.all([run("without", undefined, log), run("with", plugin, log)]),
  );
  console.log(renderReport(without, within, process.stdout.columns));
  return isProven(without, within);
}

async function main(): Promise<number> {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    console.error("The demo makes homes and containers of its own, for which it needs Linux and root.");
    return 1;
  }
  const interrupted = interruption();
  const step = createStep(process.stderr);
  await using made = new AsyncDisposableStack();
  try {
    const proven = await demo((title, work) => step(title, (log) => Promise.race([work(log), interrupted])), made);
    return proven ? 0 : 1;
  } catch (error) {
    console.error(paint("red", `The demo did not finish: ${(error as Error).message}`, process.stderr));
    return error instanceof Interrupted ? 130 : 1;
  } finally {
    await step("Removing the gateways, their homes and containers", () => made.disposeAsync());
    console.error(`Installed packages stay, and so does the sandbox image for the next time. To remove the image: rm -rf ${await cacheFolder()}`);
  }
}

// Not process.exitCode: after an interruption something may still be waiting for what is gone.
process.exit(await main());
