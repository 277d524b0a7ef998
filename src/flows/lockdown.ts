import pLimit from "p-limit";
import { FortressError, textOf } from "../model/errors.ts";
import type { LockdownState } from "../model/lockdown.ts";
import type { EngineId } from "../model/sandbox.ts";
import type { Core } from "./core.ts";
import { isRemoved, listOurs, type OwnSandbox } from "./ours.ts";
import type { HostFacts } from "./status.ts";

/** What a lockdown or its end did to each sandbox, by name. */
export interface LockdownOutcome {
  readonly state: LockdownState | undefined;
  readonly paused: readonly string[];
  /** Those that the engine can't pause. */
  readonly stopped: readonly string[];
  readonly resumed: readonly string[];
  /** What could not be done or seen, one sentence each. */
  readonly failed: readonly string[];
}

export interface Lockdown {
  state(): LockdownState | undefined;
  /** @throws FortressError `sandboxes-locked` */
  assertOpen(): void;
  /** From now on refuses every sandbox and every exec; then pauses the sandboxes that there are. */
  lock(host: () => HostFacts, because: string): Promise<LockdownOutcome>;
  /** Lets everything go on. */
  thaw(host: () => HostFacts, because: string): Promise<LockdownOutcome>;
  /**
   * Stops what runs in one sandbox, where it is if the engine can, else by ending it.
   * @returns what was done
   * @throws what the engine says when neither can be done
   */
  still(sandbox: OwnSandbox, because: string): Promise<"paused" | "stopped">;
}

const ENGINES: readonly EngineId[] = ["podman", "docker"];
/** Enough to be quick, few enough for a small machine that has other things to do. */
const AT_ONCE = 4;

export function createLockdown(core: Core, now: () => number): Lockdown {
  const { edges, ledger } = core;
  const { lockdown: file } = edges;
  /** Holds where the file could not be written. */
  let unwritten: LockdownState | undefined;
  const state = (): LockdownState | undefined => file.state() ?? unwritten;

  const still: Lockdown["still"] = async ({ engine, container: { id, name } }, because) => {
    const { pause, kill, inspect } = edges.engine(engine);
    try {
      await pause(id);
      await ledger.record({ action: "sandbox.paused", target: name, because, outcome: "done" });
      return "paused";
    } catch (refusal) {
      // Somebody else may have paused it meanwhile; to end it then would lose what it was about to go on with.
      if ((await inspect(id).catch(() => undefined))?.paused) return "paused";
      try {
        await kill(id);
      } catch (error) {
        await ledger.record({ action: "sandbox.stopped", target: name, because, outcome: "failed", detail: textOf(error) });
        throw error;
      }
      await ledger.record({ action: "sandbox.stopped", target: name, because: `${because}; it could not be paused`, outcome: "done", detail: textOf(refusal) });
      return "stopped";
    }
  };

  /** Does the same to many; one that went away meanwhile is as good as done. */
  const each = async (sandboxes: readonly OwnSandbox[], failed: string[], act: (sandbox: OwnSandbox) => Promise<void>): Promise<void> => {
    const limit = pLimit(AT_ONCE);
    await Promise.all(
      sandboxes.map((sandbox) =>
        limit(async () => {
          try {
            await act(sandbox);
          } catch (error) {
            if (!(await isRemoved(core, sandbox))) failed.push(`${sandbox.container.name}: ${textOf(error)}`);
          }
        }),
      ),
    );
  };

  const list = async (host: () => HostFacts, failed: string[]): Promise<readonly OwnSandbox[]> => {
    const { engines, workspaces } = factsOf(host);
    // What was sandboxed by another configuration may run still, by an engine that no agent uses any more.
    const { sandboxes, unseen } = await listOurs(core, { engines: [...new Set([...engines, ...ENGINES])], workspaces });
    for (const { engine, error } of unseen) if (engines.includes(engine) && !isMissing(error)) failed.push(`${engine}: ${textOf(error)}`);
    // The docker command may be Podman's own.
    return sandboxes.filter(({ container: { id } }, index) => sandboxes.findIndex(({ container }) => container.id === id) === index);
  };

  return {
    state,
    assertOpen() {
      const locked = state();
      if (locked) throw new FortressError("sandboxes-locked", `sandboxes are locked down${locked.since === undefined ? "" : ` since ${locked.since}`} (${locked.because}).`, "An owner of the gateway ends it: /fortress thaw, or openclaw fortress thaw.");
    },
    still,
    async lock(host, because) {
      const done = { paused: [] as string[], stopped: [] as string[] };
      const failed: string[] = [];
      if (!file.state()) {
        const first = unwritten === undefined;
        unwritten ??= { since: new Date(now()).toISOString(), because };
        // Before anything is asked of an engine: from here on nothing new begins.
        try {
          file.lock(unwritten);
          unwritten = undefined;
        } catch (error) {
          failed.push(`the lockdown could not be written down, so it ends when fortress is loaded anew: ${textOf(error)}`);
        }
        if (first) await ledger.record({ action: "lockdown", because, outcome: "done" });
      }
      await each((await list(host, failed)).filter(({ container }) => container.running), failed, async (sandbox) => void done[await still(sandbox, "lockdown")].push(sandbox.container.name));
      return { state: state(), ...done, resumed: [], failed };
    },
    async thaw(host, because) {
      const was = state();
      file.thaw();
      unwritten = undefined;
      if (was) await ledger.record({ action: "thaw", because, outcome: "done" });
      const resumed: string[] = [];
      const failed: string[] = [];
      await each((await list(host, failed)).filter(({ container }) => container.paused), failed, async ({ engine, container: { id, name } }) => {
        await edges.engine(engine).unpause(id);
        await ledger.record({ action: "sandbox.resumed", target: name, because, outcome: "done" });
        resumed.push(name);
      });
      return { state: state(), paused: [], stopped: [], resumed, failed };
    },
  };
}

/** A wrong configuration must not keep anybody from locking down: then every engine is asked. */
function factsOf(host: () => HostFacts): Pick<HostFacts, "engines" | "workspaces"> {
  try {
    return host();
  } catch (error) {
    if (!(error instanceof FortressError)) throw error;
    return { engines: ENGINES, workspaces: [] };
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof FortressError && error.code === "engine-missing";
}
