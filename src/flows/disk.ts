import type { Clock } from "../edge/clock.ts";
import { FortressError, textOf } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Container, ObservedDisk } from "../model/sandbox.ts";
import { DISK_REASON, judgeDisk } from "../reconcile/disk.ts";
import type { Core } from "./core.ts";
import type { Lockdown } from "./lockdown.ts";
import type { OwnSandbox } from "./ours.ts";

export interface Disk {
  /** Begins to measure what the sandboxes take, unless that is under way; holds nobody up. */
  tend(sandboxes: readonly OwnSandbox[]): void;
  /** Ends what is under way. */
  stop(): void;
  /** What a sandbox took when it was measured last; undefined before that. */
  useOf(container: Container): ObservedDisk | undefined;
  /** Why a sandbox is to stand still; undefined where it is not. */
  frozen(container: Container): string | undefined;
  /**
   * @param workspace a directory of the host
   * @throws FortressError `disk-full` where the sandboxes with this workspace are to stand still
   */
  assertRoom(workspace: string): void;
  findings(): readonly Finding[];
}

/** Directories that one sandbox, or several, may write to. */
interface Tree {
  readonly roots: readonly string[];
  readonly use: Omit<ObservedDisk, "log">;
  readonly at: number;
  /** Milliseconds that it took. */
  readonly took: number;
  /** Why the sandboxes with it stand still. */
  readonly frozen: string | undefined;
}

interface Measured {
  readonly use: ObservedDisk;
  readonly frozen: string | undefined;
  readonly findings: readonly Finding[];
}

/** Measuring takes at most a thirtieth of the time. */
const PAUSE_FACTOR = 30;

export function createDisk({ edges, ledger, resolve }: Core, lockdown: Lockdown, clock: Pick<Clock, "now">): Disk {
  const trees = new Map<string, Tree>();
  /** By full id. */
  const measured = new Map<string, Measured>();
  /** Those that this instance paused; of others the ledger tells. */
  const paused = new Set<string>();
  let underWay: AbortController | undefined;
  /** Why the last look came to no end. */
  let failure: string | undefined;

  const rootsOf = ({ binds }: Container): string[] => [...new Set(binds.filter(({ mode }) => mode === "rw").map(({ source }) => edges.layout.inspect(source).real))].sort();
  const keyOf = (roots: readonly string[]): string => roots.join("\0");
  const treeOf = (container: Container): string => keyOf(rootsOf(container));

  const measureTree = async (key: string, roots: readonly string[], signal: AbortSignal): Promise<void> => {
    const { warn, freeze } = resolve().config.disk;
    const before = trees.get(key);
    const start = clock.now();
    // Somebody waits for one that stands still; others wait where measuring is dear.
    if (before && before.frozen === undefined && start - before.at < before.took * PAUSE_FACTOR) return;
    const use = await edges.disk.trees(roots, signal);
    if (signal.aborted) return;
    const { frozen } = judgeDisk({ ...use, log: undefined }, { warn, freeze }, before?.frozen);
    trees.set(key, { roots, use, at: start, took: clock.now() - start, frozen });
  };

  const judge = async (sandbox: OwnSandbox, signal: AbortSignal): Promise<void> => {
    const { container } = sandbox;
    const { id, name, log } = container;
    const tree = trees.get(treeOf(container));
    if (!tree) return;
    const use: ObservedDisk = { ...tree.use, log: log?.path === undefined ? undefined : await edges.disk.file(log.path) };
    if (signal.aborted) return;
    const { high, frozen } = judgeDisk(use, resolve().config.disk, tree.frozen);
    const failure = frozen !== undefined && container.running ? await freeze(sandbox, frozen) : undefined;
    if (frozen === undefined && container.paused && lockdown.state() === undefined && (paused.has(id) || (await wasFrozen(name)))) await thaw(sandbox);
    measured.set(id, { use, frozen, findings: findingsFor(name, { use, high, frozen, failure, roots: tree.roots }) });
  };

  /** @returns why it goes on, if it does */
  const freeze = async (sandbox: OwnSandbox, because: string): Promise<string | undefined> => {
    const { engine, container } = sandbox;
    try {
      await lockdown.still(sandbox, because);
      paused.add(container.id);
      return undefined;
    } catch (error) {
      const now = await edges.engine(engine).inspect(container.id).catch(() => container);
      return now?.running ? textOf(error) : undefined;
    }
  };

  const thaw = async ({ engine, container: { id, name } }: OwnSandbox): Promise<void> => {
    const error = await edges.engine(engine).unpause(id).then(() => undefined, textOf);
    paused.delete(id);
    await ledger.record({ action: "sandbox.resumed", target: name, because: `${DISK_REASON}it takes less than disk.freeze`, outcome: error === undefined ? "done" : "failed", ...(error === undefined ? {} : { detail: error }) });
  };

  /** True when it was an earlier instance, and nobody since, that paused it for what it takes on the disk. */
  const wasFrozen = async (name: string): Promise<boolean> => {
    const { records } = await ledger.read();
    const last = records.findLast(({ action, target }) => target === name && /^sandbox\.(paused|resumed)$/.test(action));
    return last?.action === "sandbox.paused" && last.because.startsWith(DISK_REASON);
  };

  const measure = async (sandboxes: readonly OwnSandbox[], signal: AbortSignal): Promise<void> => {
    const there = new Set(sandboxes.map(({ container }) => container.id));
    for (const known of [measured, paused]) for (const id of known.keys()) if (!there.has(id)) known.delete(id);
    const wanted = new Map<string, readonly string[]>(sandboxes.map(({ container }) => rootsOf(container)).map((roots) => [keyOf(roots), roots]));
    for (const [key, { roots, frozen }] of trees) {
      // What is too full stays so while no sandbox is there: none is made until it is not.
      if (frozen !== undefined) wanted.set(key, roots);
      else if (!wanted.has(key)) trees.delete(key);
    }
    for (const [key, roots] of wanted) if (!signal.aborted) await measureTree(key, roots, signal);
    for (const sandbox of sandboxes) if (!signal.aborted) await judge(sandbox, signal);
  };

  return {
    tend(sandboxes) {
      if (underWay) return;
      const mine = (underWay = new AbortController());
      // Nobody awaits it, and OpenClaw ends the gateway on a rejection that nobody takes.
      void measure(sandboxes, mine.signal)
        .then(() => undefined, textOf)
        .then((error) => {
          failure = error;
          if (underWay === mine) underWay = undefined;
        });
    },
    stop() {
      underWay?.abort();
      underWay = undefined;
    },
    useOf: ({ id }) => measured.get(id)?.use,
    frozen: (container) => measured.get(container.id)?.frozen ?? trees.get(treeOf(container))?.frozen,
    assertRoom(workspace) {
      const full = [...trees.values()].find(({ roots, frozen }) => frozen !== undefined && roots.includes(edges.layout.inspect(workspace).real));
      if (full) throw new FortressError("disk-full", `the sandboxes that write to ${workspace} stand still: ${full.frozen!.slice(DISK_REASON.length)}.`, `${roomFor(full.roots)} They go on within five minutes.`);
    },
    findings: () => [
      ...(failure === undefined ? [] : [{ id: "disk.unmeasured", severity: "warn" as const, detail: `What sandboxes take on the disk could not be measured: ${failure}`, remedy: "It is tried again within five minutes. If it stays so, restart the gateway and look at its log." }]),
      ...[...measured.values()].flatMap(({ findings }) => findings),
    ],
  };
}

interface Told {
  readonly use: ObservedDisk;
  readonly high: readonly string[];
  readonly frozen: string | undefined;
  /** Why it could not be stopped. */
  readonly failure: string | undefined;
  readonly roots: readonly string[];
}

function findingsFor(name: string, { use, high, frozen, failure, roots }: Told): Finding[] {
  const remedy = roomFor(roots);
  if (failure !== undefined) return [{ id: "disk.freeze-failed", severity: "critical", detail: `${name} could not be paused (${failure}) although ${high.join("; ")}.`, remedy: `Stop it by hand. ${remedy}` }];
  if (frozen !== undefined) return [{ id: "disk.frozen", severity: "warn", detail: `${name} stands still: ${frozen.slice(DISK_REASON.length)}.`, remedy: `${remedy} It goes on within five minutes.` }];
  if (high.length > 0) return [{ id: "disk.high", severity: "warn", detail: `${name}: ${high.join("; ")}.`, remedy }];
  return use.unseen === undefined ? [] : [{ id: "disk.unmeasured", severity: "warn", detail: `What ${name} takes on the disk could not be measured: ${use.unseen}.`, remedy: `Look at ${roots.join(" and ")} as root.` }];
}

/** On the host, because in the sandbox the agent's tools may be anything. */
function roomFor(roots: readonly string[]): string {
  return `Remove what is not needed: du -xh --max-depth 2 ${roots.join(" ")} | sort -h; or set a larger value in disk of the configuration of fortress.`;
}
