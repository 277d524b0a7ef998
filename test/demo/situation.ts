import { copyFile, mkdir, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Engine } from "../support/engine.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { livedIn, monolithicBind, secretsFile } from "../support/lived-in.ts";
import type { ScriptedModel } from "../support/model.ts";
import type { Log } from "../support/progress.ts";
import { ask, CHECKS, type Answer, type Places } from "./checks.ts";

/** What the agent found in one situation. */
export interface Outcome {
  readonly results: readonly Result[];
  /** The reply to `/fortress status`; undefined without the plugin. */
  readonly status: string | undefined;
}

export interface Result {
  readonly holds: boolean;
  /** Fit to be shown: homes and secrets shortened. */
  readonly lines: readonly string[];
}

export interface Situation {
  readonly engine: Engine;
  readonly model: ScriptedModel;
  /** Absent: OpenClaw alone, as the guide finds it. */
  readonly pluginDir: string | undefined;
  readonly log: Log;
  /** Called as soon as there is something that must be removed, however the situation ends. */
  readonly keep: (starting: Promise<Gateway>) => void;
}

/** Starts a gateway in a home of its own and lets its agent run the guide's commands. */
export async function play({ engine, model, pluginDir, log, keep }: Situation): Promise<Outcome> {
  const home = livedIn();
  let places: Places | undefined;
  log("starting the gateway");
  const starting = startGateway({
    engine,
    model,
    ...(pluginDir !== undefined && { pluginDir }),
    sandbox: monolithicBind,
    async seed(stateDir) {
      await home.seed(stateDir);
      places = { stateDir, secretsFiles: await placeKeys(stateDir, pluginDir !== undefined) };
    },
  });
  keep(starting);
  const gateway = await starting;

  const results: Result[] = [];
  for (const [index, { command, holds, silence }] of CHECKS.entries()) {
    log(`command ${index + 1} of ${CHECKS.length}${index === 0 ? ", which makes the sandbox" : ""}`);
    const answer = await ask(gateway, command(places!));
    const lines = answer.lines.length > 0 ? gist(answer, gateway.home, [home.canary, home.key.value]) : [silence[answer.exitCode === 0 ? 0 : 1]];
    results.push({ holds: await holds(answer, gateway), lines });
  }
  const status = pluginDir === undefined ? undefined : shorten(await gateway.chat("/fortress status"), gateway.home, []);
  return { results, status };
}

/** Before the guide's second step the keys are in the state directory; after it beside it, with an old copy forgotten inside. */
async function placeKeys(stateDir: string, moved: boolean): Promise<readonly string[]> {
  const beside = secretsFile(dirname(stateDir));
  const inside = join(stateDir, "secrets.env");
  await mkdir(dirname(beside), { recursive: true });
  if (!moved) {
    await rename(beside, inside);
    return [inside];
  }
  await copyFile(beside, inside);
  return [beside, inside];
}

/** Of an error message the reason, of several equal lines one. */
function gist({ exitCode, lines }: Answer, home: string, secrets: readonly string[]): string[] {
  const reasons = lines.map((line) => (exitCode === 0 ? line : line.replace(/^\w+: .*: /, "")));
  return [...new Set(reasons)].map((line) => shorten(line, home, secrets));
}

function shorten(text: string, home: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, `${secret.slice(0, 10)}…`), text.replaceAll(home, "~"));
}
