import { FortressError, textOf } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { Quarantined } from "../model/quarantine.ts";
import { agentOf, type EngineId } from "../model/sandbox.ts";
import { type Core, recreateCommand } from "./core.ts";
import { isRemoved, type OwnSandbox } from "./ours.ts";

/** Keeps containers from being used again. OpenClaw starts what is stopped, and would go on with it. */
export interface Quarantine {
  /** Ends what runs in a sandbox, and from now on refuses it, as long as that very container exists. Never rejects. */
  hold(sandbox: OwnSandbox, because: string): Promise<void>;
  /** Why a container, by full id, is not to run. */
  reason(id: string): string | undefined;
  /**
   * Before OpenClaw starts or makes a sandbox.
   *
   * @param scope OpenClaw's key of whom it is for
   * @throws FortressError `sandbox-quarantined`
   */
  assertFree(engine: EngineId, scope: string): Promise<void>;
  /**
   * Before a command or a file tool; starts no process.
   *
   * @throws FortressError `sandbox-quarantined`
   */
  assertUsable(engine: EngineId, name: string): void;
  /** Ends the quarantine of containers that exist no more. Starts a process of the engine for each, and none where there is none. Never rejects. */
  settle(): Promise<void>;
  findings(): readonly Finding[];
}

export function createQuarantine(core: Core, now: () => number): Quarantine {
  const { edges, ledger } = core;
  const { quarantine: file } = edges;
  /** Holds where the file could not be written. */
  let unwritten: readonly Quarantined[] = [];

  const all = (): readonly Quarantined[] => [...(file.read() ?? []), ...unwritten];

  /** What another process wrote meanwhile stays. */
  const change = (to: (all: readonly Quarantined[]) => readonly Quarantined[]): void => {
    const written = file.read();
    if (!written) throw new Error(`${file.path} can't be understood`);
    file.write(to(written));
  };

  const forget = ({ id }: Quarantined): void => {
    unwritten = unwritten.filter((each) => each.id !== id);
    try {
      if (file.read()?.some((each) => each.id === id)) change((each) => each.filter((other) => other.id !== id));
    } catch {
      // It is tried again, and until then the container is looked for again.
    }
  };

  const isOver = (one: Quarantined): Promise<boolean> => isRemoved(core, { engine: one.engine, container: one });

  const unreadable = (): Pick<Finding, "detail" | "remedy"> | undefined =>
    file.read() ? undefined : { detail: `${file.path} is there and can't be understood: no sandbox is known not to be quarantined.`, remedy: "See what was quarantined: openclaw fortress log. Recreate that, then remove the file." };

  const refuse = (one: Quarantined | undefined): void => {
    const lost = unreadable();
    if (lost) throw new FortressError("sandbox-quarantined", lost.detail, lost.remedy);
    if (one) throw new FortressError("sandbox-quarantined", `${one.name} is quarantined since ${one.since}: ${one.because}.`, remedyOf(one));
  };

  return {
    async hold({ engine, container }, because) {
      const { id, name, labels } = container;
      const scope = labels["openclaw.sandboxBrowser"] === undefined ? labels["openclaw.sessionKey"] : undefined;
      const one: Quarantined = { engine, id, name, ...(scope === undefined ? {} : { scope }), since: new Date(now()).toISOString(), because };
      // Before its processes end: OpenClaw may be about to start it again.
      const failed: string[] = [];
      if (!all().some((each) => each.id === id)) {
        try {
          change((written) => [...written, one]);
        } catch (error) {
          unwritten = [...unwritten, one];
          failed.push(`it could not be written down, so it ends when fortress is loaded anew: ${textOf(error)}`);
        }
      }
      const error = await edges.engine(engine).kill(id).then(() => undefined, textOf);
      if (error !== undefined && (await isOver(one))) return forget(one);
      if (error !== undefined) failed.push(error);
      await ledger.record({ action: "sandbox.quarantined", target: name, because, outcome: failed.length === 0 ? "done" : "failed", ...(failed.length === 0 ? {} : { detail: failed.join("; ") }) });
    },
    reason: (id) => all().find((each) => each.id === id)?.because,
    async assertFree(engine, scope) {
      const one = all().find((each) => each.engine === engine && each.scope === scope);
      if (!one || !(await isOver(one))) return refuse(one);
      forget(one);
    },
    assertUsable: (engine, name) => refuse(all().find((each) => each.engine === engine && each.name === name)),
    async settle() {
      for (const one of all()) if (await isOver(one)) forget(one);
    },
    findings() {
      const lost = unreadable();
      const held = all().map((one) => ({ detail: `${one.name} is quarantined since ${one.since} and used no more: ${one.because}.`, remedy: remedyOf(one) }));
      return [...(lost ? [lost] : []), ...held].map((each) => ({ id: "liveness.quarantined", severity: "critical", ...each }));
    },
  };
}

function remedyOf({ scope }: Quarantined): string {
  return `Look at what it ran, then make it anew: ${recreateCommand(agentOf(scope))}`;
}
