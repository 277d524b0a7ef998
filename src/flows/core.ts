import { posix } from "node:path";
import { type Config, resolveConfig } from "../config/resolve.ts";
import type { Clock } from "../edge/clock.ts";
import type { CounterFile } from "../edge/counter-file.ts";
import type { MeasureTrees } from "../edge/disk-use.ts";
import type { FollowEvents } from "../edge/engine-events.ts";
import type { Describe } from "../edge/engine-text.ts";
import type { Engine } from "../edge/engine.ts";
import type { Images } from "../edge/images.ts";
import type { LogFile } from "../edge/log-files.ts";
import type { PrivateFiles } from "../edge/private-files.ts";
import type { SignOfLife } from "../edge/sign-of-life.ts";
import type { WalkTree } from "../edge/tree.ts";
import { createLimitGuard, type LimitGuard } from "../limits/guard.ts";
import { type LimitPlan, type NativeLimits, planLimits } from "../limits/plan.ts";
import { FortressError } from "../model/errors.ts";
import type { Ledger } from "../model/ledger.ts";
import type { LockdownFile } from "../model/lockdown.ts";
import type { Folders, IsolationEdge, Layout, Machine, PostureEdge, ReadText, StoreEdge } from "../model/ports.ts";
import type { QuarantineFile } from "../model/quarantine.ts";
import type { Container, EngineId, KernelMount } from "../model/sandbox.ts";
import type { MountFacts } from "../mounts/facts.ts";
import { observeMounts, type ObservedMounts } from "../mounts/observe.ts";
import type { MountPlan } from "../mounts/plan.ts";
import type { Places } from "../mounts/reach.ts";
import { createKeyring, type Keyring, type KeyringEdge } from "../secrets/keyring.ts";
import type { Secrets } from "../secrets/store.ts";
import type { BackupEdge } from "./backup-run.ts";
import { isBusy } from "./busy.ts";
import { createLedgerFlow, type LedgerFlow } from "./ledger.ts";

/** The outside world, as far as the scan needs it. */
export interface ScanEdge {
  /** A walker that reads nothing twice. */
  readonly walker: () => WalkTree;
  readonly describe: Describe;
  /** Milliseconds of a clock that is never set. */
  readonly now: () => number;
}

/** The outside world, as far as fortress touches it. */
export interface Edges {
  readonly home: string;
  readonly stateDir: string;
  readonly engine: (id: EngineId) => Engine;
  readonly layout: Layout;
  readonly machine: Machine;
  readonly storeEdge: StoreEdge;
  readonly secrets: Omit<KeyringEdge, "store"> & {
    /** Called with all secrets when one of them is new. */
    readonly onNew: (secrets: Secrets) => void;
  };
  readonly privateFiles: PrivateFiles;
  readonly scan: ScanEdge;
  readonly readKernel: ReadText;
  readonly processIdentity: (pid: number) => string | undefined;
  readonly isVisible: (container: Container) => boolean;
  readonly readMounts: (pid: number | "self") => KernelMount[] | undefined;
  readonly exists: (path: string) => boolean;
  /** The file that OpenClaw has its configuration in. */
  readonly configFile: string;
  /** Places of this gateway that give secrets or power away, beside its state directory. */
  readonly guarded: Places["guarded"];
  readonly folders: Folders;
  readonly posture: PostureEdge;
  readonly ledger: Ledger;
  readonly isolation: IsolationEdge;
  readonly lockdown: LockdownFile;
  readonly quarantine: QuarantineFile;
  readonly disk: { readonly trees: MeasureTrees; /** Bytes of one file; undefined where none can be seen. */ readonly file: (path: string) => Promise<number | undefined> };
  readonly maintenance: MaintenanceEdge;
  readonly backup: BackupEdge;
  readonly watch: { readonly clock: Clock; readonly follow: FollowEvents; readonly sign: SignOfLife };
}

/** What the daily maintenance needs besides. */
export interface MaintenanceEdge {
  /** What one run leaves for the next. */
  readonly record: CounterFile;
  readonly now: () => Date;
  /** Names of the containers that OpenClaw knows; undefined when that can't be read. */
  readonly registry: () => Promise<ReadonlySet<string> | undefined>;
  readonly images: (engine: EngineId) => Images;
  readonly logFiles: (paths: readonly string[]) => readonly LogFile[];
  /** Removes older evidence; returns how much. */
  readonly expireEvidence: (before: Date) => number;
  /** Lets everything else on the machine go first, from now on. */
  readonly lowerPriority: () => void;
}

export const RECREATE = "Recreate it: openclaw sandbox recreate --all";

/** @param agentId undefined for a sandbox of several agents */
export function recreateCommand(agentId: string | undefined): string {
  return `openclaw sandbox recreate ${agentId === undefined ? "--all" : `--agent ${agentId}`}`;
}

/** One sandbox that OpenClaw asks for. */
export interface SandboxRequest
  extends Pick<MountFacts, "engine" | "workspace" | "workdir" | "operatorBinds" | "browserBinds" | "externalBindsAllowed" | "reservedTargetsAllowed" | "storage" | "soleAgent"> {
  readonly agentId: string | undefined;
  readonly nativeLimits: NativeLimits;
}

export interface SandboxPlan {
  readonly request: SandboxRequest;
  readonly mounts: MountPlan;
  readonly limits: LimitPlan;
  /** OpenClaw's hash of what it made the container from, when it was admitted under this plan. */
  readonly configHash?: string | undefined;
}

/** What the flows share: the configuration once it is resolved, and what is known of each sandbox. */
export interface Core {
  readonly edges: Edges;
  /** @throws FortressError `config-invalid` */
  resolve(): { readonly config: Config; readonly store: Keyring };
  /** A copy of plain data in which every known secret value is masked. */
  mask<T>(data: T): T;
  readonly ledger: LedgerFlow;
  guard(engine: EngineId): LimitGuard;
  /** The last plan of each sandbox, by name. */
  readonly planned: Map<string, SandboxPlan>;
  places(agentId: string | undefined): Places;
  /** What a sandbox may use: by its plan, else as it is configured. */
  limitsOf(name: string): LimitPlan;
  /** The mounts that a running sandbox really has; undefined where the kernel can't be seen. */
  mountsOf(container: Container, agentId: string | undefined): ObservedMounts | undefined;
  /** True when more than what keeps a sandbox alive runs in it. */
  isBusy(container: Container): boolean;
}

/** Fails nowhere itself: a wrong configuration refuses each sandbox instead. */
export function createCore(rawConfig: unknown, edges: Edges): Core {
  let resolved: ReturnType<Core["resolve"]> | undefined;
  const resolve: Core["resolve"] = () => {
    if (!resolved) {
      const config = resolveConfig(rawConfig, edges.home);
      resolved = { config, store: createKeyring(config.secrets, { ...edges.secrets, store: edges.storeEdge }, edges.secrets.onNew) };
    }
    return resolved;
  };
  const guards = new Map<EngineId, LimitGuard>();
  const planned: Core["planned"] = new Map();
  const places: Core["places"] = (agentId) => ({
    stateDir: edges.layout.inspect(edges.stateDir).real,
    secretsDir: edges.layout.inspect(posix.dirname(resolve().config.secrets.file)).real,
    guarded: [...edges.guarded, { path: resolve().config.backups.directory, what: "backups of the gateway's state" }].map(({ path, what }) => ({ path: edges.layout.inspect(path).real, what })),
    agentId,
  });
  const mask: Core["mask"] = (data) => {
    let store: Keyring;
    try {
      ({ store } = resolve());
    } catch (error) {
      if (!(error instanceof FortressError)) throw error;
      // Without a configuration no sandbox ever got a secret.
      return data;
    }
    store.inventory();
    return store.masker.data(data);
  };
  return {
    edges,
    resolve,
    mask,
    ledger: createLedgerFlow(edges.ledger, mask),
    guard(id) {
      let found = guards.get(id);
      if (!found) guards.set(id, (found = createLimitGuard({ ...edges, ...edges.engine(id) })));
      return found;
    },
    planned,
    places,
    limitsOf: (name) => planned.get(name)?.limits ?? planLimits(resolve().config.limits, {}, edges.machine),
    mountsOf(container, agentId) {
      const kernel = edges.isVisible(container) ? edges.readMounts(container.pid) : undefined;
      return kernel && observeMounts(container, kernel, { layout: edges.layout, places: places(agentId), host: edges.readMounts("self") ?? [] });
    },
    isBusy: (container) => isBusy(edges, container),
  };
}
