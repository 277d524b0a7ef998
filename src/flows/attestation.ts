import type { BoundVerdict } from "../model/bound-verdict.ts";
import { type CheckResult, isDark, isOpen } from "../model/check.ts";
import { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import { agentOf, CONFIG_HASH, type Container, type EngineId } from "../model/sandbox.ts";
import type { Core } from "./core.ts";
import type { Isolation } from "./isolation.ts";
import type { OwnSandbox } from "./ours.ts";
import type { PolicyHash } from "./policy.ts";
import { createRestarts, type Restarts } from "./restarts.ts";

/** What the quick checks, read from the kernel, said of one container. */
interface Verdict {
  readonly container: Container;
  /** What they compared with. */
  readonly policyHash: string;
  /** Tells its first process from a later one with the same pid. */
  readonly identity: string | undefined;
  /** Milliseconds of a clock that is never set. */
  readonly at: number;
  /** What is critical and does not hold, or is not known to. */
  readonly open: readonly CheckResult[];
}

export interface Attestation extends Pick<Restarts, "providing"> {
  /**
   * Looks unless a verdict that lets it run is fresh; starts no process.
   * @throws FortressError `not-attested` where something critical does not hold and the mode is `enforce`,
   *   and once where somebody else than OpenClaw restarted it
   */
  assert(engine: EngineId, container: Container): void;
  /** Looks and remembers. Never throws. */
  renew(sandbox: OwnSandbox): void;
  /** Renews the verdict of each, and forgets others. */
  renewAll(sandboxes: readonly OwnSandbox[]): Promise<void>;
  /** Why no tool of an agent may run now, by what was seen last; looks at nothing, and tells of a restart once. Undefined where it may. */
  refusal(agentId: string): string | undefined;
  /**
   * Writes down that a command of a sandboxed agent is about to run on the host. Never rejects.
   * @returns why it may not, in mode `enforce`
   */
  hostCommand(agentId: string): Promise<string | undefined>;
  /** The verdict that holds of a container now, whatever it says; undefined where there is none. */
  verdictOf(container: Container): BoundVerdict | undefined;
  findings(): readonly Finding[];
}

/** A sandbox that somebody else than OpenClaw started anew. */
interface Restart {
  readonly container: Container;
  /** When it was seen last before that, ISO 8601. */
  readonly since: string;
  /** True once a command was refused for it. */
  told: boolean;
}

/** What was changed by hand loses its verdict within this time, and looking takes a few milliseconds. */
export const FRESH_MS = 2_000;
/** Longer than two sweeps: a verdict that nobody renews counts no more. */
export const EXPIRY_MS = 11 * 60_000;

export function createAttestation(core: Core, { glance }: Pick<Isolation, "glance">, policyHash: PolicyHash): Attestation {
  const { edges, ledger, planned, resolve } = core;
  const { clock } = edges.watch;
  const restarts = createRestarts(core);
  /** By full id, until it is made anew. */
  const restarted = new Map<string, Restart>();
  /** By full id. */
  const verdicts = new Map<string, Verdict>();
  /** Agents of which a command was about to run on the host since the start. */
  const escapes = new Set<string>();

  const look = (engine: EngineId, container: Container): Verdict => {
    const verdict: Verdict = { container, policyHash: policyHash(container.name), identity: edges.processIdentity(container.pid), at: clock.now(), open: glance(engine, container).filter((result) => (isOpen(result) && result.severity === "critical") || isDark(result)) };
    // One that was made anew is the same sandbox to its users.
    for (const known of [verdicts, restarted]) for (const [id, { container: before }] of known) if (before.name === container.name && id !== container.id) known.delete(id);
    verdicts.set(container.id, verdict);
    return verdict;
  };

  /** The one that is bound to what this container is now. */
  const valid = ({ id, pid, name, labels }: Container): Verdict | undefined => {
    const known = verdicts.get(id);
    if (!known || known.identity !== edges.processIdentity(pid) || clock.now() - known.at > EXPIRY_MS) return undefined;
    return known.container.labels[CONFIG_HASH] === labels[CONFIG_HASH] && known.policyHash === policyHash(name) ? known : undefined;
  };

  const fresh = (container: Container): Verdict | undefined => {
    const known = valid(container);
    if (!known || clock.now() - known.at >= FRESH_MS) return undefined;
    // One that refuses is never fresh: what was mended a moment ago must run.
    return known.open.length === 0 || !enforced() ? known : undefined;
  };

  /** Where the configuration is wrong every sandbox is refused, so nothing is let through here either. */
  const enforced = (): boolean => {
    try {
      return resolve().config.attestation.mode === "enforce";
    } catch (error) {
      if (error instanceof FortressError) return true;
      throw error;
    }
  };

  /** What runs in it now is not what the last verdict was about. */
  const notice = (container: Container): void => {
    const since = restarts.see(container);
    if (since === undefined) return;
    const restart: Restart = { container, since: new Date(since).toISOString(), told: false };
    restarted.set(container.id, restart);
    void ledger.record({ action: "verdict.lost", target: container.name, because: restartedBy(restart), outcome: enforced() ? "refused" : "done" });
  };

  /** Refuses one thing for it, in mode `enforce`; what comes after is looked at anew. */
  const tell = (restart: Restart): string => {
    restart.told = true;
    verdicts.delete(restart.container.id);
    return `${restart.container.name} was ${restartedBy(restart)}; its processes and what was in its tmpfs are gone`;
  };

  const renew = ({ engine, container }: OwnSandbox): void => {
    // What did not go through fortress since its start runs no commands; its plan comes with its agent's next turn.
    if (!container.running || !planned.has(container.name)) return void verdicts.delete(container.id);
    try {
      notice(container);
      look(engine, container);
    } catch (error) {
      // Where the configuration is wrong every sandbox is refused, which is said elsewhere.
      if (!(error instanceof FortressError)) throw error;
      verdicts.delete(container.id);
    }
  };

  return {
    providing: restarts.providing,
    assert(engine, container) {
      notice(container);
      const restart = restarted.get(container.id);
      if (restart && !restart.told && enforced()) throw new FortressError("not-attested", `${tell(restart)}.`, RESTART_REMEDY);
      const { open } = fresh(container) ?? look(engine, container);
      if (open.length > 0 && enforced()) throw new FortressError("not-attested", `no command runs in ${container.name}: ${sentence(open)}.`, remedyOf(open));
    },
    renew,
    async renewAll(sandboxes) {
      const there = new Set(sandboxes.map(({ container }) => container.id));
      for (const known of [verdicts, restarted]) for (const id of known.keys()) if (!there.has(id)) known.delete(id);
      restarts.keep(there);
      for (const sandbox of sandboxes) {
        renew(sandbox);
        // A hundred in a row would hold the gateway up.
        await new Promise(setImmediate);
      }
    },
    refusal(agentId) {
      if (!enforced()) return undefined;
      const isTheirs = ({ container: { labels } }: Pick<Verdict, "container">): boolean => [agentId, undefined].includes(agentOf(labels["openclaw.sessionKey"]));
      const restart = [...restarted.values()].find((each) => !each.told && isTheirs(each));
      if (restart) return `fortress: no tool of ${agentId} runs: ${tell(restart)}. Remedy: ${RESTART_REMEDY}`;
      const of = [...verdicts.values()].filter(isTheirs);
      const bad = of.find(({ open }) => open.length > 0);
      if (bad) return `fortress: no tool of ${agentId} runs: ${bad.container.name}: ${sentence(bad.open)}. Remedy: ${remedyOf(bad.open)}`;
      const stale = of.find(({ at }) => clock.now() - at > EXPIRY_MS);
      return stale && `fortress: no tool of ${agentId} runs: the verdict on ${stale.container.name} is older than ${EXPIRY_MS / 60_000} minutes. Remedy: restart the gateway; the sandboxes are not watched any more.`;
    },
    async hostCommand(agentId) {
      const refused = enforced();
      escapes.add(agentId);
      await ledger.record({ action: "host-command", target: agentId, because: "a command of a sandboxed agent was about to run on the host", outcome: refused ? "refused" : "done" });
      return refused ? `fortress: this command would run on the host, although ${agentId} is sandboxed. Remedy: ${ESCAPE_REMEDY}` : undefined;
    },
    verdictOf(container) {
      const known = valid(container);
      if (!known) return undefined;
      const since = edges.storeEdge.now() - (clock.now() - known.at);
      return {
        containerId: container.id,
        configHash: container.labels[CONFIG_HASH],
        policyHash: known.policyHash,
        since: new Date(since).toISOString(),
        expires: new Date(since + EXPIRY_MS).toISOString(),
        open: known.open.map(({ id }) => id),
      };
    },
    findings: () => [
      ...[...escapes].map((agentId) => ({
        id: "attestation.host-command",
        severity: "warn" as const,
        detail: `A command of ${agentId} was about to run on the host, although it is sandboxed; it ${enforced() ? "was refused" : "ran (attestation.mode: audit)"}.`,
        remedy: `See when: openclaw fortress log. ${ESCAPE_REMEDY}`,
      })),
      ...[...restarted.values()].map((restart) => ({
        id: "attestation.restarted",
        severity: "warn" as const,
        detail: `${restart.container.name} was ${restartedBy(restart)}; ${restart.told ? "one command was refused for it" : enforced() ? "its next command is refused" : "its commands go on (attestation.mode: audit)"}.`,
        remedy: "Find out who did it. To make it anew: openclaw sandbox recreate --all",
      })),
      ...[...verdicts.values()]
        .filter(({ open }) => open.length > 0)
        .map(({ container, open }) => ({
          id: "attestation.failed",
          severity: "critical" as const,
          // A chat cuts what is long: what follows from it comes first.
          detail: `${enforced() ? `No command runs in ${container.name}` : `Commands run in ${container.name} all the same (attestation.mode: audit)`}: ${sentence(open)}.`,
          remedy: remedyOf(open),
        })),
    ],
  };
}

const RESTART_REMEDY = "Run it again: the sandbox is looked at anew before. What ran in the background has to be started again.";

function restartedBy({ since }: Restart): string {
  return `restarted by somebody else than OpenClaw since ${since}`;
}

const ESCAPE_REMEDY = "Turn off tools.elevated, leave tools.exec.host at auto, and give the session its sandbox back where it was switched off (/fortress status), or set attestation.mode to audit.";

/** What was seen, each with the checks that saw it. */
function sentence(open: readonly CheckResult[]): string {
  const seen = Map.groupBy(open, ({ evidence }) => evidence);
  return [...seen].map(([evidence, results]) => `${list(results.map(({ id }) => id))}: ${evidence}`).join("; ");
}

const NAMED = 3;

function list(ids: readonly string[]): string {
  return ids.length <= NAMED ? ids.join(", ") : `${ids.slice(0, NAMED).join(", ")} and ${ids.length - NAMED} more`;
}

function remedyOf(open: readonly CheckResult[]): string {
  const unseen = open.every(({ state }) => state === "unknown");
  const remedies = unseen ? ["Run the gateway on the engine's host, as the engine's user."] : [...new Set(open.filter(isOpen).map(({ remedy }) => remedy))];
  return [...remedies.slice(0, NAMED), "attestation.mode: audit lets commands run all the same."].join(" ");
}
