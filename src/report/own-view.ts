import type { BackupReport } from "../model/backup.ts";
import type { Finding } from "../model/finding.ts";
import type { Report, SandboxReport } from "../model/report.ts";
import { counted } from "../model/units.ts";

/** Of one sandbox, which they name. */
const OF_SANDBOX = [
  "mounts.unseen",
  "mounts.violation",
  "mounts.unguarded",
  "limits.not-enforced",
  "limits.strained",
  "attestation.failed",
  "attestation.restarted",
  "disk.high",
  "disk.frozen",
  "disk.freeze-failed",
  "disk.unmeasured",
  "liveness.failed",
  "liveness.quarantined",
  "liveness.zombies",
  "reconcile.quarantined",
  "lockdown.running",
  "secrets.engine-persists",
];
const POSTURE = "posture.";
/** Of one agent, which they name. */
const OF_AGENT = ["host.sandbox-off", "host.sandbox-non-main", "host.backend-foreign", "attestation.host-command"];
/** Of all sandboxes; they name no file, no agent and no key, and quote no program. */
const OF_ALL = ["host.seam-missing", "lockdown.active", "backup.overdue", "maintenance.overdue", "posture.seccomp-engine", "posture.core-replaced", "posture.dangerous-switch", "posture.gpus"];

/**
 * The part of a report that an agent may see of itself: what others mount and which keys they get is
 * none of its business. Of a finding that stands in none of the lists it learns only that there is one.
 * The verdict stays that of the whole.
 *
 * @param agentId undefined for a session that belongs to no agent: it sees shared sandboxes only
 */
export function ownView(report: Report, agentId: string | undefined): Report {
  const isOwn = (sandbox: SandboxReport): boolean => sandbox.agentId === undefined || sandbox.agentId === agentId;
  // What is hidden from it stays so by name, too.
  const sandboxes = report.sandboxes.filter(isOwn).map(({ hidden: _, ...shown }) => shown);
  const others = report.sandboxes.filter((sandbox) => !isOwn(sandbox)).map(({ name }) => name);
  const maySee = ({ id, detail, remedy }: Finding): boolean => {
    if (OF_ALL.includes(id)) return true;
    if (OF_AGENT.includes(id)) return agentId !== undefined && wordsOf(detail).includes(agentId);
    if (!OF_SANDBOX.includes(id) && !id.startsWith(POSTURE)) return false;
    return sandboxes.some(({ name }) => detail.includes(name)) && !others.some((name) => `${detail} ${remedy}`.includes(name));
  };
  const findings = report.findings.filter(maySee);
  const left = report.findings.length - findings.length;
  const { verdict, lockdown, backup, grants } = report;
  const ownGrants = grants?.filter((grant) => grant.agentId === agentId);
  return { verdict, ...(lockdown ? { lockdown } : {}), ...(backup ? { backup: whenOnly(backup) } : {}), ...(ownGrants ? { grants: ownGrants } : {}), sandboxes, findings: left === 0 ? findings : [...findings, elsewhere(left)] };
}

/** Where sets lie, and which files one lacks, tells of what is hidden. */
function whenOnly({ directory: _directory, latest, ...when }: BackupReport): BackupReport {
  return { ...when, latest: latest.map(({ detail: _detail, ...entry }) => entry) };
}

/** Ids of agents are words: `ops` is not in `ops-main`. */
function wordsOf(text: string): string[] {
  return text.split(/[^\w-]+/);
}

function elsewhere(count: number): Finding {
  return { id: "fortress.elsewhere", severity: "info", detail: `${counted(count, "more finding is", "more findings are")} about what this agent does not see.`, remedy: "The person sees everything with /fortress status full." };
}
