import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { configReader } from "../edge/config-reader.ts";
import { bootId, counterFile, monotonicMs } from "../edge/counter-file.ts";
import { exists } from "../edge/files.ts";
import { probe } from "../edge/http.ts";
import type { ServiceManager } from "../edge/service-manager.ts";
import type { HealthEdges, HealthEvent } from "../flows/health.ts";
import { readConfigFile } from "../installation/config-file.ts";
import { endpointOf } from "../installation/endpoint.ts";
import { type Installation, locate } from "../installation/locate.ts";
import { describeError } from "../model/errors.ts";

const JOURNAL_LINES = 100;
/** A refusal is one of the last things that OpenClaw writes; what it wrote while it ran says nothing of its end. */
const LAST_LINES = 10;

/**
 * This machine, for a look at the gateway of this user and environment. It imports only what a healthy
 * gateway needs: the probe runs every few minutes, and loading is what it costs.
 */
export function healthEdges(found: Installation = locate(process.env, homedir(), exists)): HealthEdges {
  const { stateDir, profile } = found;
  const unit = process.env.OPENCLAW_SYSTEMD_UNIT?.trim() || `openclaw-gateway${profile === undefined ? "" : `-${profile}`}.service`;
  const counters = counterFile(join(runtimeDirectory(stateDir), "health.json"));
  const manager = async (): Promise<ServiceManager> => {
    const [{ createServiceManager }, { runProcess }] = await Promise.all([import("../edge/service-manager.ts"), import("../edge/process.ts")]);
    return createServiceManager(runProcess);
  };
  return {
    endpoint: () => endpointOf(readConfigFile(found, configReader), process.env, profile),
    unit,
    probe,
    show: async (unit, properties) => (await manager()).show(unit, properties),
    listeners: async (port) => (await import("../edge/listener.ts")).listenersOf(port),
    lastWords: async (invocation) => (await manager()).lastWords(invocation, LAST_LINES),
    restart: async (unit) => (await manager()).restart(unit),
    kill: async (unit) => (await manager()).kill(unit),
    async work() {
      const [{ readWork }, running] = await Promise.all([import("../edge/work.ts"), (await manager()).running(["openclaw-update-*.scope", "openclaw-triage-*.scope"])]);
      const update = running?.[0];
      const work = await readWork(stateDir, Date.now());
      return work && update !== undefined ? { ...work, running: `An update of OpenClaw runs (${update}).` } : work;
    },
    async settings() {
      const [{ resolveConfig }, { standaloneSurroundings }] = await Promise.all([import("../config/resolve.ts"), import("./standalone.ts")]);
      const { home, pluginConfig } = standaloneSurroundings();
      try {
        // A mistake elsewhere in the configuration refuses sandboxes; it must not keep the gateway down, too.
        const { restart, startMinutes } = resolveConfig({ health: (pluginConfig as { health?: unknown } | undefined)?.health }, home).health;
        return { restart, graceMs: startMinutes * 60_000 };
      } catch {
        return { restart: false, graceMs: 0 };
      }
    },
    counters,
    boot: bootId(),
    now: monotonicMs,
    wait: (ms) => wait(ms),
    async diagnose(facts, port, what) {
      const [{ evidenceStore }, { observeMachine }, { standaloneMask }] = await Promise.all([import("../edge/evidence.ts"), import("../edge/diagnosis.ts"), import("./standalone-mask.ts")]);
      const journal = facts && (await (await manager()).journal(unit, JOURNAL_LINES));
      const at = new Date();
      const evidence = { at: at.toISOString(), ...what, unit: facts, machine: observeMachine(stateDir, facts?.pid ?? 0, port), journal: journal?.split("\n") };
      return evidenceStore(join(stateDir, "fortress/evidence")).keep("health", at, standaloneMask(evidence));
    },
    async announce({ kind, text, outcome }) {
      const { createLedger } = await import("../edge/ledger.ts");
      const deed = { action: `gateway.${kind}`, target: unit, because: text, outcome };
      // The gateway's life does not hang on a record of it.
      await createLedger(join(stateDir, "fortress"), Date.now).append(deed).catch((error: unknown) => process.stderr.write(`${describeError(error)}\n`));
      await tellOperator(kind, text).catch((error: unknown) => process.stderr.write(`${describeError(error)}\n`));
    },
  };
}

/** By the ways that need no gateway; where there is none, it is told when the gateway is back. */
async function tellOperator(kind: HealthEvent["kind"], detail: string): Promise<void> {
  const [{ createNotifier }, { notifyEdges }, { standaloneSurroundings }, { standaloneMask }] = await Promise.all([import("../flows/notify.ts"), import("./notify-edges.ts"), import("./standalone.ts"), import("./standalone-mask.ts")]);
  const { home, stateDir, pluginConfig } = standaloneSurroundings();
  const notifier = createNotifier(notifyEdges({ home, stateDir, pluginConfig, mask: standaloneMask }));
  await notifier.tell({ detail, remedy: kind === "down" ? "Look at it: openclaw fortress health" : "", good: kind === "recovered" });
}

/** Empty after a boot where the system has such a place. One per state directory. */
function runtimeDirectory(stateDir: string): string {
  const runtime = process.env.XDG_RUNTIME_DIR;
  return runtime?.startsWith("/") ? join(runtime, "openclaw-fortress", stateDir.replaceAll("/", "-").replace(/^-/, "")) : join(stateDir, "fortress/run");
}
