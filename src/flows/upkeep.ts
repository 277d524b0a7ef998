import pLimit from "p-limit";
import type { Clock } from "../edge/clock.ts";
import { countZombies } from "../limits/cgroup.ts";
import { readPressure } from "../limits/pressure.ts";
import { textOf } from "../model/errors.ts";
import type { Finding, Severity } from "../model/finding.ts";
import { isStopped } from "../model/process-stat.ts";
import { agentOf, type Container } from "../model/sandbox.ts";
import { FRESH, type LivenessMemory, planLiveness } from "../reconcile/liveness.ts";
import { judgePressure, judgeThrottling, PRESSURE_WINDOW_MS, type PressureSample } from "../reconcile/pressure.ts";
import { isBusy } from "./busy.ts";
import { type Core, recreateCommand } from "./core.ts";
import { isRemoved, type OwnSandbox } from "./ours.ts";
import type { Quarantine } from "./quarantine.ts";

/** What is looked at in each running sandbox at every sweep, beside what should hold at every moment. */
export interface Upkeep {
  /** Never rejects. */
  tend(sandboxes: readonly OwnSandbox[]): Promise<void>;
  findings(): readonly Finding[];
}

/** Some always are about to be collected. */
const MOST_ZOMBIES = 10;
/** Each starts a process in a sandbox. */
const AT_ONCE = 4;

export function createUpkeep(core: Core, quarantine: Pick<Quarantine, "hold" | "settle" | "findings">, clock: Pick<Clock, "now">): Upkeep {
  const { edges, ledger } = core;
  const samples = new Map<string, PressureSample[]>();
  /** By name and not by id: what is made anew is the same sandbox to its users. */
  const memories = new Map<string, LivenessMemory>();
  const findings = new Map<string, readonly Finding[]>();

  const sample = ({ id, pid }: Container): PressureSample[] => {
    const now = clock.now();
    const kept = [...(samples.get(id) ?? []).filter(({ at }) => now - at <= PRESSURE_WINDOW_MS), { at: now, ...readPressure(edges.readKernel, pid) }];
    samples.set(id, kept);
    return kept;
  };

  const strained = (container: Container): Finding[] => {
    if (!edges.isVisible(container)) return [];
    const seen = sample(container);
    const finding = (severity: Severity) => (what: string): Finding => ({ id: "limits.strained", severity, detail: `${container.name} keeps hitting its limits: ${what}.`, remedy: "See what it runs; if it needs more, raise limits in the configuration of fortress. It reaches the running sandbox." });
    const throttled = judgeThrottling(seen, clock.now());
    // Every build does it; it costs nobody but the sandbox.
    return [...judgePressure(seen, clock.now()).map(finding("warn")), ...(throttled === undefined ? [] : [finding("info")(throttled)])];
  };

  const uncollected = (container: Container): Finding[] => {
    const count = edges.isVisible(container) ? countZombies(edges.readKernel, container.pid) : 0;
    if (count <= MOST_ZOMBIES) return [];
    return [{ id: "liveness.zombies", severity: "warn", detail: `${container.name}: ${count} processes ended and were not collected by those that started them. They count towards its limit of processes.`, remedy: `End what started them, or make it anew: ${recreateCommand(agentOf(container.labels["openclaw.sessionKey"]))}` }];
  };

  const live = async (sandbox: OwnSandbox): Promise<Finding[]> => {
    const { engine, container } = sandbox;
    const { id, name, pid } = container;
    const busy = isBusy(edges, container);
    const answer = await edges.engine(engine).probe(id);
    const { memory, remedy } = planLiveness(memories.get(name) ?? FRESH, { answer, busy: busy || isBusy(edges, container), initStopped: edges.isVisible(container) && isStopped(edges.readKernel(`/proc/${pid}/stat`)) }, clock.now());
    if (memory.failures === 0 && memory.restarts.length === 0) memories.delete(name);
    else memories.set(name, memory);
    if (!remedy) return [];
    const { do: what, because } = remedy;
    if (what === "quarantine") {
      await quarantine.hold(sandbox, because);
      // It tells of itself.
      return [];
    }
    if (what === "restart") {
      const error = await edges.engine(engine).remove(id).then(() => undefined, textOf);
      if (error !== undefined && (await isRemoved(core, sandbox))) return [];
      await ledger.record({ action: "sandbox.restarted", target: name, because, outcome: error === undefined ? "done" : "failed", ...(error === undefined ? {} : { detail: error }) });
    }
    return [{ id: "liveness.failed", severity: "warn", detail: `${name}: ${because}.${what === "restart" ? " It was removed; the agent's next turn makes it anew." : ""}`, remedy: `Look at it: ${engine} exec ${name} /bin/sh. To make it anew: openclaw sandbox recreate --all` }];
  };

  return {
    async tend(sandboxes) {
      await quarantine.settle();
      const there = new Set(sandboxes.map(({ container }) => container.id));
      for (const id of samples.keys()) if (!there.has(id)) samples.delete(id);
      const names = new Set(sandboxes.map(({ container }) => container.name));
      for (const name of findings.keys()) if (!names.has(name)) findings.delete(name);
      const limit = pLimit(AT_ONCE);
      await Promise.all(sandboxes.filter(({ container }) => container.running).map((sandbox) => limit(async () => void findings.set(sandbox.container.name, [...strained(sandbox.container), ...uncollected(sandbox.container), ...(await live(sandbox))]))));
    },
    findings: () => [...quarantine.findings(), ...[...findings.values()].flat()],
  };
}
