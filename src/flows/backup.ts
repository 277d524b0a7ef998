import { createHash } from "node:crypto";
import { posix } from "node:path";
import { planRun } from "../backup/due.ts";
import { backupFindings, backupReport } from "../backup/findings.ts";
import { shownLatest } from "../backup/latest.ts";
import type { BackupStore } from "../edge/backup-store.ts";
import type { CreateResult, DrillResult, Progress, PruneResult, RestoreResult, VerifyResult } from "../model/backup-results.ts";
import { FortressError, textOf } from "../model/errors.ts";
import type { BackupReport, BackupState, SetSummary } from "../model/backup.ts";
import { isWithin } from "../model/paths.ts";
import type { Finding } from "../model/finding.ts";
import type { Deed } from "../model/ledger.ts";
import { counted } from "../model/units.ts";
import type { BackupJob, BackupPlan, ResultOf } from "./backup-job.ts";
import { type BackupEdge, runJob } from "./backup-run.ts";
import type { Core } from "./core.ts";
import { listOurs } from "./ours.ts";
import type { HostFacts } from "./status.ts";

/** What a caller of any job may give along. */
export interface JobOptions {
  /** Ends it early, and cleanly. */
  readonly signal?: AbortSignal;
  readonly progress?: (progress: Progress) => void;
  /** A directory of sets other than the configured one. */
  readonly from?: string | undefined;
  /** A file with age identities. */
  readonly identity?: string | undefined;
  /** How long to wait for another process; the default is not to. */
  readonly waitMs?: number;
}

export interface Backups {
  /** Makes a backup, in a process of its own. @throws FortressError `backup-failed`, `backup-refused`, `backup-busy`, `config-invalid` */
  create(host: () => HostFacts, because: string, options?: JobOptions): Promise<CreateResult>;
  /** Oldest first. */
  list(host: () => HostFacts, options?: JobOptions): Promise<readonly SetSummary[]>;
  verify(host: () => HostFacts, set: string | undefined, options?: JobOptions): Promise<VerifyResult>;
  restore(host: () => HostFacts, request: { readonly set?: string | undefined; readonly to?: string | undefined; readonly intoPlace?: boolean | undefined; readonly only?: string | undefined }, options?: JobOptions): Promise<RestoreResult>;
  /** Restores the newest verified set to scratch, reads it back and removes it. */
  drill(host: () => HostFacts, options?: JobOptions): Promise<DrillResult>;
  prune(host: () => HostFacts, request: { readonly dryRun: boolean }, options?: JobOptions): Promise<PruneResult>;
  /** Undefined where the configuration is wrong. */
  report(): BackupReport | undefined;
  findings(): readonly Finding[];
  state(): BackupState;
}

/** How long a database may be locked by somebody else. */
const BUSY_MS = 10_000;

/** Where the sets of one state directory lie: two gateways may share the configured directory. */
export function setsDirectory(directory: string, stateDir: string): string {
  return posix.join(directory, `${posix.basename(stateDir).replace(/^\.+/, "") || "state"}-${createHash("sha256").update(stateDir).digest("hex").slice(0, 8)}`);
}

export function createBackups(core: Core, edge: BackupEdge): Backups {
  const { edges, ledger } = core;
  const stateDir = (): string => edges.layout.inspect(edges.stateDir).real;
  const directory = (): string => setsDirectory(core.resolve().config.backups.directory, stateDir());
  /** What this process saw of the last run; where nothing can be written, nobody else knows. */
  let refused: { readonly at: string; readonly error: FortressError } | undefined;

  /** As the last run left it, without sets that somebody removed by hand. */
  const present = (store: BackupStore, { run, drill, verified, newest, damaged }: BackupState): BackupState => {
    const names = new Set(verified || newest ? store.names() : []);
    return { ...(run ? { run } : {}), ...(drill ? { drill } : {}), ...(verified && names.has(verified.id) ? { verified } : {}), ...(newest && names.has(newest.id) ? { newest } : {}), ...(damaged ? { damaged } : {}) };
  };
  const remembered = (): BackupState => {
    const store = edge.store(directory());
    return present(store, store.state());
  };

  /** Another process may have mended meanwhile what failed in this one. */
  const lastRun = ({ run }: BackupState): BackupState["run"] =>
    refused && !(run !== undefined && run.at > refused.at) ? { at: refused.at, outcome: "failed", detail: refused.error.message, remedy: refused.error.remedy } : run;

  const planOf = (facts: HostFacts, { from, waitMs = 0 }: JobOptions): BackupPlan => {
    const { backups, mounts } = core.resolve().config;
    const state = stateDir();
    const real = (path: string): string => edges.layout.inspect(path).real;
    const { sandboxRoots = [] } = facts;
    const added = [...mounts.add, ...Object.values(mounts.agents).flatMap(({ add = [] }) => add)];
    const binds = (facts.binds ?? []).map(({ path, writable }) => ({ path: real(path), writable }));
    // A bind of the whole state directory, or of what it lies in, is never mounted as it is.
    const inner = binds.filter(({ path }) => !isWithin(path, state));
    return {
      stateDir: state,
      configFile: edges.configFile,
      includeRoots: edge.includeRoots,
      agentDirs: facts.agentDirs ?? [],
      writable: [...facts.workspaces, ...sandboxRoots, ...added.filter(({ mode }) => mode === "rw").map(({ source }) => source)].map(real).concat(inner.filter(({ writable }) => writable).map(({ path }) => path)).filter((path) => !isWithin(path, state)),
      mounted: [
        ...facts.workspaces.map((path) => ({ path: real(path), what: "a workspace" })),
        ...sandboxRoots.map((path) => ({ path: real(path), what: "workspaces of sandboxes" })),
        ...added.map(({ source, purpose }) => ({ path: real(source), what: purpose })),
        ...inner.map(({ path }) => ({ path, what: "a bind of the operator's" })),
      ],
      directory: from ?? directory(),
      foreign: from !== undefined,
      keep: backups.keep,
      workspaceBytes: backups.workspaces,
      recipients: backups.recipients,
      ...(backups.afterwards === undefined ? {} : { afterwards: backups.afterwards }),
      deadlineMs: backups.minutes * 60_000,
      busyMs: BUSY_MS,
      waitMs,
    };
  };

  const run = <J extends Parts>(host: () => HostFacts, job: J, options: JobOptions): Promise<ResultOf[J["kind"]]> =>
    runJob(edge.runner, { ...planOf(host(), options), ...job } as BackupJob & J, options.signal ?? new AbortController().signal, options.progress ?? (() => {}));

  const recorded = async <T>(deed: Pick<Deed, "action" | "because">, action: () => Promise<T>, describe: (result: T) => Pick<Deed, "outcome" | "detail" | "target">): Promise<T> => {
    try {
      const result = await action();
      await ledger.record({ ...deed, ...describe(result) });
      return result;
    } catch (error) {
      if (error instanceof FortressError && error.code !== "backup-busy") await ledger.record({ ...deed, outcome: error.code === "backup-refused" ? "refused" : "failed", detail: error.message });
      throw error;
    }
  };

  /** A sandbox keeps what it was made with: the directories that lie aside now. The next turn makes it anew. */
  const removeSandboxes = async (facts: HostFacts): Promise<string[]> => {
    const { sandboxes, unseen } = await listOurs(core, facts);
    const failed = await Promise.all(
      sandboxes.map(async ({ engine, container: { id, name } }) => {
        const error = await edges.engine(engine).remove(id).then(() => undefined, textOf);
        await ledger.record({ action: "sandbox.removed", target: name, because: "the state that it shows was exchanged", outcome: error === undefined ? "done" : "failed", ...(error === undefined ? {} : { detail: error }) });
        return error === undefined ? [] : [name];
      }),
    );
    const left = [...failed.flat(), ...unseen.filter(({ error }) => !(error instanceof FortressError && error.code === "engine-missing")).map(({ engine }) => `those of ${engine}`)];
    return left.length === 0 ? [] : [`Sandboxes that still show what was there before: ${left.join(", ")}. Run: openclaw sandbox recreate --all`];
  };

  return {
    async create(host, because, options = {}) {
      try {
        const made = await recorded({ action: "backup.created", because }, () => run(host, { kind: "create" }, options), ({ set }) => ({ outcome: set.status === "verified" ? "done" : "failed", target: set.id, ...(set.status === "verified" ? {} : { detail: counted(set.problems.length, "problem") }) }));
        refused = undefined;
        return made;
      } catch (error) {
        if (error instanceof FortressError && error.code !== "backup-busy") refused = { at: edge.date().toISOString(), error };
        throw error;
      }
    },
    list: (host, options = {}) => run(host, { kind: "list" }, options),
    verify: (host, set, options = {}) => run(host, { kind: "verify", ...(set === undefined ? {} : { set }) }, options),
    async restore(host, { set, to, intoPlace, only }, options = {}) {
      const result = await recorded(
        { action: "backup.restored", because: intoPlace ? "into place" : "to a fresh directory" },
        () => run(host, { kind: "restore", ...(set === undefined ? {} : { set }), ...(to === undefined ? {} : { to }), ...(intoPlace ? { intoPlace: edge.endpoint() } : {}), ...(only === undefined ? {} : { only }), ...(options.identity === undefined ? {} : { identity: options.identity }) }, options),
        (restored) => ({ outcome: "done", target: restored.set, detail: restored.to }),
      );
      return intoPlace && only === undefined ? { ...result, notes: [...(await removeSandboxes(host())), ...result.notes] } : result;
    },
    drill: (host, options = {}) =>
      recorded({ action: "backup.drilled", because: "restored to scratch and read back" }, () => run(host, { kind: "drill", ...(options.identity === undefined ? {} : { identity: options.identity }) }, options), ({ set, outcome, detail }) => ({ outcome: outcome === "passed" ? "done" : "failed", target: set, detail })),
    prune: (host, { dryRun }, options = {}) => run(host, { kind: "prune", dryRun }, options),
    state: remembered,
    report() {
      try {
        const { enabled, hour } = core.resolve().config.backups;
        const store = edge.store(directory());
        const found = store.state();
        const state = present(store, found);
        const plan = planRun({ now: edge.date(), sinceRunMs: undefined, run: state.run, hour });
        return backupReport(enabled, store.directory, state, edge.date(), enabled ? (plan.due ? edge.date() : plan.next) : undefined, shownLatest(store.names(), found.latest, lastRun(state)));
      } catch (error) {
        if (error instanceof FortressError) return undefined;
        throw error;
      }
    },
    findings() {
      const state = remembered();
      const { enabled } = core.resolve().config.backups;
      const run = lastRun(state);
      return backupFindings({ ...state, ...(run ? { run } : {}) }, edge.date(), enabled);
    },
  };
}

type Parts = BackupJob extends infer J ? (J extends BackupJob ? Omit<J, keyof BackupPlan> & { readonly kind: J["kind"] } : never) : never;
