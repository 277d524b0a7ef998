import { maintenanceFindings, unreadableRecord } from "../../maintenance/findings.ts";
import { readRecord, writeRecord } from "../../maintenance/record.ts";
import { isDue, isStepDue, overdueSince } from "../../maintenance/schedule.ts";
import { FortressError, textOf } from "../../model/errors.ts";
import type { Finding } from "../../model/finding.ts";
import type { ImageMemory, MaintenanceRecord, MaintenanceReport, StepRecord, StepResult } from "../../model/maintenance.ts";
import type { Core } from "../core.ts";
import type { HostFacts } from "../status.ts";
import { type MaintenanceStep, type StepWork } from "./step.ts";

export interface Maintenance {
  readonly steps: readonly Pick<MaintenanceStep, "id" | "title">[];
  /**
   * Does every step that is due, or the one that is asked for. It reads files for minutes: run it in a
   * process of its own, never in the gateway's.
   *
   * @returns undefined when another process is at it
   * @throws FortressError `config-invalid` for a step that there is not
   */
  run(host: () => HostFacts, options?: { readonly only?: string }): Promise<readonly StepRecord[] | undefined>;
  /** Writes down that from now on somebody does it daily, unless that is known. Never rejects. */
  begin(): Promise<void>;
  isDue(): boolean;
  isOverdue(): boolean;
  /** What the last run left; undefined when there was none. */
  report(): MaintenanceReport | undefined;
  findings(): readonly Finding[];
}

const BECAUSE = "daily maintenance";

export function createMaintenance(core: Core, steps: readonly MaintenanceStep[]): Maintenance {
  const { edges, ledger, resolve } = core;
  const { record: file, now } = edges.maintenance;
  const load = (): MaintenanceRecord => readRecord(file.read()) ?? { since: now().toISOString(), steps: [], images: [] };
  const save = (record: MaintenanceRecord): void => file.write(writeRecord(record));

  const chosen = (record: MaintenanceRecord, only: string | undefined): MaintenanceStep[] => {
    if (only === undefined) {
      const { skip } = resolve().config.maintenance;
      return steps.filter(({ id, everyDays }) => !skip.some((each) => each === id) && (everyDays === 1 || isStepDue(everyDays, record.steps.find((each) => each.id === id)?.at, now())));
    }
    const step = steps.find(({ id }) => id === only);
    if (!step) throw new FortressError("config-invalid", `--only: ${JSON.stringify(only.slice(0, 40))} is no step of the maintenance.`, `Steps are: ${steps.map(({ id }) => id).join(", ")}.`);
    return [step];
  };

  const runStep = async (step: MaintenanceStep, work: StepWork): Promise<StepRecord> => {
    const at = now().toISOString();
    const result = await within(step.run(work), step.maxMinutes).catch((error: unknown): StepResult => ({ outcome: "failed", detail: textOf(error), findings: [] }));
    const { outcome, detail, findings } = core.mask(result);
    await ledger.record({ action: `maintenance.${step.id}`, because: BECAUSE, outcome: outcome === "failed" ? "failed" : "done", detail });
    return { id: step.id, at, outcome, detail, findings };
  };

  const within = <T>(work: Promise<T>, minutes: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const forget = edges.watch.clock.after(minutes * 60_000, () => reject(new Error(`it did not come to its end within ${minutes} minutes`)));
      void work.then(resolve, reject).finally(forget);
    });

  const runAll = async (host: HostFacts, only: string | undefined): Promise<readonly StepRecord[]> => {
    const began = now();
    let record = load();
    const todo = chosen(record, only);
    edges.maintenance.lowerPriority();
    if (only === undefined) save((record = { ...record, triedAt: began.toISOString() }));
    const done: StepRecord[] = [];
    for (const step of todo) {
      let images: readonly ImageMemory[] = record.images;
      done.push(await runStep(step, { core, host, now: began, images, remember: (next) => (images = next) }));
      const { skip } = resolve().config.maintenance;
      // In the order of the catalog, and without what is no step any more.
      const latest = new Map([...record.steps, ...done].map((each) => [each.id, each]));
      record = { ...record, images, steps: steps.flatMap(({ id }) => (skip.some((each) => each === id) && id !== only ? [] : (latest.get(id) ?? []))) };
      save(record);
    }
    if (only === undefined) save({ ...record, ranAt: began.toISOString() });
    return done;
  };

  return {
    steps,
    async run(host, { only } = {}) {
      // What is wrong with the configuration or the question is said before anything is done.
      chosen(load(), only);
      const facts = host();
      return file.exclusively(() => runAll(facts, only));
    },
    async begin() {
      try {
        await file.exclusively(async () => void (readRecord(file.read()) ?? save(load())));
      } catch {
        // A state directory that can't be written is a finding of the ledger's already.
      }
    },
    isDue: () => isDue(load(), now(), resolve().config.maintenance.hour),
    isOverdue: () => overdueSince(load(), now()) !== undefined,
    report() {
      const { ranAt, steps: last } = load();
      return ranAt === undefined ? undefined : { ranAt, steps: last.map(({ id, outcome, detail }) => ({ id, outcome, detail })) };
    },
    findings() {
      const text = file.read();
      if (text === undefined) return [];
      const record = readRecord(text);
      return record ? maintenanceFindings(record, now()) : [unreadableRecord()];
    },
  };
}
