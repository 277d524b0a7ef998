import { performance } from "node:perf_hooks";
import { delimiter } from "node:path";
import { PLUGIN_DIR } from "../support/build.ts";
import type { Engine } from "../support/engine.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { livedIn } from "../support/lived-in.ts";
import type { ScriptedModel } from "../support/model.ts";
import { countEngineCalls, type EngineCalls } from "../support/engine-calls.ts";

/** One turn of an agent with one exec in it. */
export interface Sample {
  readonly milliseconds: number;
  /** What the gateway started the engine for. */
  readonly calls: readonly string[];
}

export interface Side extends AsyncDisposable {
  /** A turn in a sandbox that is there already. */
  warm(): Promise<Sample>;
  /** A turn for which the sandbox has to be made. */
  creation(): Promise<Sample>;
}

/** How long a gateway may go on starting engine processes after a turn before they count as none of it. */
const SETTLE_MS = 300;

/** By then the gateway with fortress has looked once at what the other one made, to see that it is not its own. */
const STRANGER_MS = 2_000;

/** A gateway whose engine calls are counted; with the plugin or without it, otherwise the same. */
export async function startSide(engine: Engine, model: ScriptedModel, { plugin }: { plugin: boolean }): Promise<Side> {
  const calls = await countEngineCalls("podman");
  const path = [calls.folder, process.env.PATH ?? ""].join(delimiter);
  // Unless told that this is done, OpenClaw puts /usr/bin before everything else.
  const env = { PATH: path, OPENCLAW_PATH_BOOTSTRAPPED: "1" };
  const gateway = await startGateway({ engine, model, env, seed: livedIn().seed, ...(plugin ? { pluginDir: PLUGIN_DIR } : {}) });
  return {
    warm: () => sample(gateway, calls),
    async creation() {
      const containers = await gateway.containers();
      if (containers.length > 0) await engine.podman(["rm", "--force", "--time", "1", ...containers]);
      const created = await sample(gateway, calls);
      await new Promise((resolve) => setTimeout(resolve, STRANGER_MS));
      return created;
    },
    async [Symbol.asyncDispose]() {
      await gateway.dispose();
      await calls.remove();
    },
  };
}

async function sample(gateway: Gateway, calls: EngineCalls): Promise<Sample> {
  await calls.take();
  const start = performance.now();
  const output = await gateway.exec("echo done");
  const milliseconds = performance.now() - start;
  if (output.trim() !== "done") throw new Error(`The exec of the benchmark answered: ${output}`);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const made = await calls.take();
  if (!made.includes("exec")) throw new Error("The gateway ran an exec without a counted engine process: it finds the engine by another way than PATH");
  return { milliseconds, calls: made };
}
