import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOpen, type Verification } from "../../src/model/check.ts";
import { PLUGIN_DIR } from "../support/build.ts";
import type { Engine } from "../support/engine.ts";
import { type Gateway, startGateway } from "../support/gateway.ts";
import { type LivedIn, livedIn, monolithicBind } from "../support/lived-in.ts";
import { type ScriptedModel, startScriptedModel } from "../support/model.ts";
import { describeOpen, examinationOf, idsOf, REMAINING, verifyByCli } from "../support/verify.ts";

/** The two ways in which operators begin. */
export const STARTS = [
  { agent: "main", start: "OpenClaw's defaults" },
  { agent: "mono", start: "a monolithic bind" },
] as const;

export interface Battlefield {
  readonly gateway: Gateway;
  readonly home: LivedIn;
  dispose(): Promise<void>;
}

/** One lived-in gateway with an agent for each start, whose sandboxes are there. */
export async function startBattlefield(engine: Engine, options: { hardened: boolean }): Promise<Battlefield> {
  const model: ScriptedModel = await startScriptedModel();
  const home = livedIn();
  const gateway = await startGateway({
    engine,
    model,
    seed: home.seed,
    // The monolithic bind is one agent's; agents.defaults keep OpenClaw's own.
    configFor: (stateDir) => ({ agents: { entries: { main: { default: true }, mono: { sandbox: monolithicBind(stateDir) } } } }),
    // A rootless engine limits nothing on cgroup v1; the rest of it is what counts here.
    ...(options.hardened ? { pluginDir: PLUGIN_DIR, pluginConfig: { limits: { onFailure: "warn" } } } : {}),
  });
  for (const { agent } of STARTS) await gateway.exec("true", { agent });
  return {
    gateway,
    home,
    async dispose() {
      await gateway.dispose();
      await model.close();
    },
  };
}

/**
 * Every check of the suite, on sandboxes that real agent turns made with the plugin.
 *
 * @param excused what cannot hold with this engine, or cannot be told
 */
export function describeAttacks(name: string, prepare: () => Promise<Engine>, excused: { readonly open: readonly string[]; readonly unknown: readonly string[] } = { open: [], unknown: [] }): void {
  describe(`the isolation suite, ${name}`, () => {
    let field: Battlefield;
    let seen: Verification & { readonly exitCode: number | undefined };
    beforeAll(async () => {
      field = await startBattlefield(await prepare(), { hardened: true });
      seen = await verifyByCli(field.gateway);
    });
    afterAll(() => field?.dispose());

    it.each(STARTS)("finds nothing open, from $start", ({ agent }) => {
      const examination = examinationOf(seen, agent);
      // What holds now needs no excuse any more.
      expect(idsOf(examination, isOpen).sort(), describeOpen(examination)).toEqual(excused.open.toSorted());
      expect(idsOf(examination, ({ state, severity }) => state === "fail" && severity === "info").filter((id) => !REMAINING.includes(id)), describeOpen(examination)).toEqual([]);
      expect(idsOf(examination, ({ state }) => state === "unknown"), describeOpen(examination)).toEqual(excused.unknown);
    });

    it("says so by its verdict and its exit code", () => {
      const holds = excused.open.length === 0;
      expect(seen).toMatchObject({ verdict: holds ? "hardened" : "exposed", exitCode: holds ? 0 : 1, unseen: [] });
    });

    it("compares with the plan, too, where the gateway answers an owner", async () => {
      const text = await field.gateway.chat("/fortress verify", { timeoutMs: 240_000 });
      expect(text).toMatch(excused.open.length > 0 ? /^fortress verify: EXPOSED/ : /^fortress verify: HARDENED/);
      expect(text).toContain(`${excused.unknown.length} unknown`);
      expect(text).not.toContain("filesystem.writable-as-planned");
    });

    it("follows no link out of the workspace with the file tools, and runs no planted profile", async () => {
      const { gateway, home } = field;
      await gateway.exec(`ln -sfn ${gateway.stateDir}/credentials/note.txt /workspace/link; for home in "$HOME" /workspace; do echo 'echo PLANTED' > "$home/.profile"; done`);
      expect(await gateway.tool("read", { path: "/workspace/link" })).not.toContain(home.canary);
      expect(await gateway.exec('echo ran; rm -f "$HOME/.profile" /workspace/.profile')).not.toContain("PLANTED");
    });
  });
}
