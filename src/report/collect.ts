import { textOf } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import type { SandboxReport } from "../model/report.ts";
import { agentOf, type Container, type EngineId } from "../model/sandbox.ts";

/** What the engine and the kernel say of one running sandbox. */
export interface Look {
  /** Undefined when they could not be read. */
  readonly mounts: SandboxReport["mounts"];
  readonly hidden?: SandboxReport["hidden"];
  readonly limits: SandboxReport["limits"];
  readonly pressure?: SandboxReport["pressure"];
  readonly disk?: SandboxReport["disk"];
  readonly posture?: SandboxReport["posture"];
  readonly attestation: SandboxReport["attestation"];
  readonly findings: readonly Finding[];
  /** What could not be looked at. */
  readonly unseen?: readonly Finding[];
}

export interface Collector {
  sandboxes(engine: EngineId): Promise<Container[]>;
  /** A gateway sees the sandboxes of every other gateway on the engine. */
  isOurs(container: Container): boolean;
  look(container: Container, engine: EngineId): Look;
  clipped(container: Container): readonly string[];
  secretsOf(agentId: string | undefined): readonly string[];
}

export interface Collected {
  readonly sandboxes: readonly SandboxReport[];
  readonly findings: readonly Finding[];
  /** What could not be looked at. */
  readonly unseen: readonly Finding[];
}

/** Looks at every sandbox of this gateway. An engine that does not answer is a finding, not an error. */
export async function collect(engines: readonly EngineId[], collector: Collector): Promise<Collected> {
  const sandboxes: SandboxReport[] = [];
  const findings: Finding[] = [];
  const unseen: Finding[] = [];
  for (const engine of engines) {
    const containers = await collector.sandboxes(engine).catch((error: unknown) => {
      unseen.push({ id: "engine.unseen", severity: "warn", detail: textOf(error), remedy: `Check that "${engine} ps" answers for the gateway's user.` });
      return [];
    });
    for (const container of containers.filter((each) => collector.isOurs(each))) {
      const agentId = agentOf(container.labels["openclaw.sessionKey"]);
      const look = container.running ? collector.look(container, engine) : undefined;
      if (look && !look.mounts) {
        unseen.push({ id: "mounts.unseen", severity: "warn", detail: `The mounts of ${container.name} could not be read.`, remedy: "Run the gateway on the engine's host, as the engine's user." });
      }
      findings.push(...(look?.findings ?? []));
      unseen.push(...(look?.unseen ?? []));
      sandboxes.push({
        name: container.name,
        engine,
        agentId,
        running: container.running,
        ...(container.paused ? { paused: true } : {}),
        mounts: look?.mounts,
        hidden: look?.hidden,
        limits: look?.limits ?? [],
        ...(look?.pressure ? { pressure: look.pressure } : {}),
        ...(look?.disk ? { disk: look.disk } : {}),
        ...(look ? { attestation: look.attestation } : {}),
        clipped: collector.clipped(container),
        posture: look?.posture,
        secrets: collector.secretsOf(agentId),
      });
    }
  }
  return { sandboxes, findings, unseen };
}
