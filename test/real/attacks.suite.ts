import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answers, ATTACKS, describeAnswers, runBattery, withVerdict } from "../support/attacks/battery.ts";
import { targetOf } from "../support/attacks/row.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import type { Engine } from "../support/engine.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { type LivedIn, livedIn, monolithicBind } from "../support/lived-in.ts";
import { type ScriptedModel, startScriptedModel } from "../support/model.ts";

/** What is left, and why; the README names the same. */
export const REMAINING = {
  "FS-07": "HOME may hold programs: tools install theirs there, and compilers run what they build",
  "FS-09": "the mount table of a process tells where its mounts lie on the host",
  "SEC-07": "the commands of one sandbox share a user",
  "RES-07": "the workspace is as large as the disk below it",
  "PRIV-14": "the kernel command line is readable in every container",
  "PRIV-15": "the runtime is the distribution's",
  "PRIV-18": "this machine has neither AppArmor nor SELinux",
} as const;

/** The two ways in which operators begin. */
export const STARTS = [
  { agent: "main", start: "OpenClaw's defaults" },
  { agent: "mono", start: "a monolithic bind" },
] as const;

export interface Battlefield {
  readonly gateway: Gateway;
  readonly home: LivedIn;
  readonly runtimeVersion: string;
  attack(agent: string): Promise<Answers>;
  dispose(): Promise<void>;
}

/** One lived-in gateway with an agent for each start. */
export async function startBattlefield(engine: Engine, options: { hardened: boolean }): Promise<Battlefield> {
  const model: ScriptedModel = await startScriptedModel();
  const home = livedIn();
  const runtimeVersion = (await engine.podman(["info", "--format", "{{.Host.OCIRuntime.Version}}"])).split("\n")[0]!;
  const gateway = await startGateway({
    engine,
    model,
    seed: home.seed,
    // The monolithic bind is one agent's; agents.defaults keep OpenClaw's own.
    configFor: (stateDir) => ({ agents: { entries: { main: { default: true }, mono: { sandbox: monolithicBind(stateDir) } } } }),
    // A rootless engine limits nothing on cgroup v1; the rest of it is what counts here.
    ...(options.hardened ? { pluginDir: PLUGIN_DIR, pluginConfig: { limits: { onFailure: "warn" } } } : {}),
  });
  return {
    gateway,
    home,
    runtimeVersion,
    attack: (agent) => runBattery({ gateway, agent, target: targetOf(gateway, home.canary), run: engine.podman, runtimeVersion }),
    async dispose() {
      await gateway.dispose();
      await model.close();
    },
  };
}

/** Every attack of the list, on sandboxes that real agent turns made with the plugin. */
export function describeAttacks(name: string, prepare: () => Promise<Engine>, notEnforceable: () => readonly string[] = () => []): void {
  describe(`the attack list, ${name}`, () => {
    let field: Battlefield;
    beforeAll(async () => {
      field = await startBattlefield(await prepare(), { hardened: true });
    });
    afterAll(() => field?.dispose());

    it.each(STARTS)("finds nothing open, from $start", async ({ agent }) => {
      const answers = await field.attack(agent);
      expect([...answers.keys()]).toEqual(ATTACKS);
      const excused = notEnforceable();
      const failed = withVerdict(answers, "FAIL");
      expect(failed.filter((id) => !excused.includes(id)), describeAnswers(answers)).toEqual([]);
      // What holds now needs no excuse any more.
      expect(excused.filter((id) => !failed.includes(id)), describeAnswers(answers)).toEqual([]);
      expect(withVerdict(answers, "WARN").filter((id) => !Object.hasOwn(REMAINING, id)), describeAnswers(answers)).toEqual([]);
    });
  });
}
