import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Examination, isOpen, type Verification } from "../../src/model/check.ts";
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

/**
 * One lived-in gateway with an agent for each start, whose sandboxes are there.
 *
 * @param options with `busybox`, an image, another agent has its sandbox from that
 */
export async function startBattlefield(engine: Engine, options: { hardened: boolean; busybox?: string | undefined }): Promise<Battlefield> {
  const model: ScriptedModel = await startScriptedModel();
  const home = livedIn();
  const { busybox } = options;
  const gateway = await startGateway({
    engine,
    model,
    seed: home.seed,
    // The monolithic bind and the other image are one agent's each; agents.defaults keep OpenClaw's own.
    configFor: (stateDir) => ({ agents: { entries: { main: { default: true }, mono: { sandbox: monolithicBind(stateDir) }, ...(busybox ? { busybox: { sandbox: { docker: { image: busybox } } } } : {}) } } }),
    // A rootless engine limits nothing on cgroup v1; the rest of it is what counts here.
    ...(options.hardened ? { pluginDir: PLUGIN_DIR, pluginConfig: { limits: { onFailure: "warn" } } } : {}),
  });
  for (const agent of [...STARTS.map((start) => start.agent), ...(busybox ? ["busybox"] : [])]) await gateway.exec("true", { agent });
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
 * @param busyboxFor makes an image in which busybox is the shell and every tool
 */
export function describeAttacks(name: string, prepare: () => Promise<Engine>, excused: { readonly open: readonly string[]; readonly unknown: readonly string[] } = { open: [], unknown: [] }, busyboxFor?: (engine: Engine) => Promise<string>): void {
  describe(`the isolation suite, ${name}`, () => {
    let field: Battlefield;
    let seen: Verification & { readonly exitCode: number | undefined };
    beforeAll(async () => {
      const engine = await prepare();
      field = await startBattlefield(engine, { hardened: true, busybox: await busyboxFor?.(engine) });
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

    if (busyboxFor) {
      it("finds the same where busybox is the shell and every tool", async () => {
        expect(await field.gateway.exec("readlink -f /bin/sh; readlink -f /usr/bin/awk", { agent: "busybox" })).toMatch(/^(\/usr\/bin\/busybox\s*){2}$/);
        const [debian, busybox] = ["main", "busybox"].map((agent) => examinationOf(seen, agent));
        const found = ({ results }: Examination): string[] => results.map(({ state, severity, id }) => `${state} ${severity} ${id}`);
        expect(found(busybox!), describeOpen(busybox!)).toEqual(found(debian!));
      });
    }

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
